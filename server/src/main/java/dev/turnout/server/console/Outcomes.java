package dev.turnout.server.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What applications met on both sides. Pure.
 *
 * @param stretches of time, by their beginnings
 */
record Outcomes(Map<Instant, Sides> stretches) {
    private static final int ROWS = 72;

    /** Both sides within one stretch. */
    record Sides(Side before, Side after) {
        static final Sides NOTHING = new Sides(Side.NOTHING, Side.NOTHING);

        Sides and(Sides more) {
            return new Sides(before.and(more.before), after.and(more.after));
        }
    }

    record Side(long calls, long failures, long slow, long mismatches) {
        static final Side NOTHING = new Side(0, 0, 0, 0);

        /** @param totals as the API tells them */
        static Side of(Doc totals) {
            return new Side(
                    totals.number("calls"),
                    totals.number("failures"),
                    totals.number("slow"),
                    totals.number("mismatches"));
        }

        Side and(Side more) {
            return new Side(
                    calls + more.calls, failures + more.failures, slow + more.slow, mismatches + more.mismatches);
        }

        double share(long part) {
            return calls == 0 ? Double.NaN : 100.0 * part / calls;
        }
    }

    /** By the hour. */
    static Outcomes of(Doc document) {
        Map<Instant, Sides> hours = new TreeMap<>();
        for (Doc line : document.list("hours")) {
            Side side = Side.of(line);
            line.instant("hour")
                    .ifPresent(hour -> hours.merge(
                            hour,
                            line.text("side").equals("OLD")
                                    ? new Sides(side, Side.NOTHING)
                                    : new Sides(Side.NOTHING, side),
                            Sides::and));
        }
        return new Outcomes(hours);
    }

    /** For a table: the newest first, and no more than somebody reads. */
    List<Map.Entry<Instant, Sides>> newest() {
        List<Map.Entry<Instant, Sides>> all = new ArrayList<>(stretches.entrySet());
        Collections.reverse(all);
        return all.subList(0, Math.min(ROWS, all.size()));
    }

    Chart failures() {
        return chart("Failed calls, in per cent", side -> side.share(side.failures()));
    }

    Chart slow() {
        return chart("Slow calls, in per cent", side -> side.share(side.slow()));
    }

    Chart mismatches() {
        return chart("Answers that differ from the other side's, in per cent", side -> side.share(side.mismatches()));
    }

    Chart calls() {
        return chart("Calls per hour", side -> (double) side.calls());
    }

    private Chart chart(String title, Function<Side, Double> value) {
        Map<Instant, Double> before = new LinkedHashMap<>();
        Map<Instant, Double> after = new LinkedHashMap<>();
        stretches.forEach((at, sides) -> {
            before.put(at, value.apply(sides.before()));
            after.put(at, value.apply(sides.after()));
        });
        return Chart.of(
                title, List.of(new Chart.Line("old side", "old", before), new Chart.Line("new side", "new", after)));
    }
}
