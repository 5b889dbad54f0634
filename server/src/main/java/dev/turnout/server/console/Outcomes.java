package dev.turnout.server.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What applications met on both sides, by the hour. Pure. */
record Outcomes(Map<Instant, Hour> hours) {
    private static final int ROWS = 72;

    /** One hour of both sides. */
    record Hour(Side before, Side after) {}

    record Side(long calls, long failures, long slow, long mismatches) {
        static final Side NOTHING = new Side(0, 0, 0, 0);

        double share(long part) {
            return calls == 0 ? Double.NaN : 100.0 * part / calls;
        }
    }

    static Outcomes of(Doc document) {
        Map<Instant, Hour> hours = new TreeMap<>();
        for (Doc line : document.list("hours")) {
            Side side = new Side(
                    line.number("calls"), line.number("failures"), line.number("slow"), line.number("mismatches"));
            line.instant("hour")
                    .ifPresent(hour -> hours.merge(
                            hour,
                            line.text("side").equals("OLD")
                                    ? new Hour(side, Side.NOTHING)
                                    : new Hour(Side.NOTHING, side),
                            Outcomes::together));
        }
        return new Outcomes(hours);
    }

    private static Hour together(Hour one, Hour other) {
        return new Hour(
                one.before().equals(Side.NOTHING) ? other.before() : one.before(),
                one.after().equals(Side.NOTHING) ? other.after() : one.after());
    }

    /** For a table: the newest first, and no more than somebody reads. */
    List<Map.Entry<Instant, Hour>> newest() {
        List<Map.Entry<Instant, Hour>> all = new ArrayList<>(hours.entrySet());
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
        hours.forEach((hour, sides) -> {
            before.put(hour, value.apply(sides.before()));
            after.put(hour, value.apply(sides.after()));
        });
        return Chart.of(
                title, List.of(new Chart.Line("old side", "old", before), new Chart.Line("new side", "new", after)));
    }
}
