package dev.turnout.worker.monitor;

import dev.turnout.flags.guard.Arms;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads rows of {@code arm, total, failed}, one per side; a side without a row had none. Pure. */
final class ArmRows {
    private static final BigDecimal MOST = BigDecimal.valueOf(Integer.MAX_VALUE);

    private ArmRows() {}

    /** @param rows at most three are looked at */
    static Judgement judge(List<Map<String, String>> rows) {
        if (rows.isEmpty()) {
            return Judgement.inconclusive("the query gave no row", Map.of());
        }
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, int[]> counts = new LinkedHashMap<>();
        try {
            for (Map<String, String> row : rows) {
                String arm = text(row, "arm").toLowerCase(Locale.ROOT);
                if (!arm.equals("old") && !arm.equals("new")) {
                    throw new IllegalArgumentException("arm is '" + arm + "', not old or new");
                }
                if (counts.containsKey(arm)) {
                    throw new IllegalArgumentException("the query gave more than one row of the " + arm + " side");
                }
                counts.put(arm, new int[] {count(row, arm, "total"), count(row, arm, "failed")});
                values.put(arm + "_total", text(row, "total"));
                values.put(arm + "_failed", text(row, "failed"));
            }
            int[] old = counts.getOrDefault("old", new int[2]);
            int[] fresh = counts.getOrDefault("new", new int[2]);
            Arms arms = new Arms(old[0], old[1], fresh[0], fresh[1]);
            return new Judgement(Verdict.SUCCESS, "counted", values, Optional.of(arms));
        } catch (IllegalArgumentException e) {
            return Judgement.inconclusive(String.valueOf(e.getMessage()), values);
        }
    }

    private static String text(Map<String, String> row, String column) {
        String text = row.get(column);
        if (text == null) {
            throw new IllegalArgumentException("the query gave no column " + column);
        }
        return text;
    }

    /** Prometheus extrapolates: what it counts may be broken. */
    private static int count(Map<String, String> row, String arm, String column) {
        String text = text(row, column);
        try {
            BigDecimal count = new BigDecimal(text);
            if (count.signum() >= 0 && count.compareTo(MOST) <= 0) {
                return count.setScale(0, RoundingMode.HALF_UP).intValueExact();
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        throw new IllegalArgumentException(column + " of the " + arm + " side is no count: " + text);
    }
}
