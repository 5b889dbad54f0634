package dev.turnout.server.console;

import dev.turnout.flags.guard.Metric;
import dev.turnout.server.console.Chart.Limit;
import dev.turnout.server.console.Chart.Line;
import dev.turnout.server.console.Outcomes.Side;
import dev.turnout.server.console.Outcomes.Sides;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the guard of a flag saw over time: both sides beside each other, and its statistic. Pure.
 *
 * @param threshold evidence above it takes the flag back
 * @param calm evidence above it holds the rollout
 * @param stretches of time in which something was reported, by their beginnings; others are not known
 */
record GuardView(Lookback reach, Duration length, double threshold, double calm, Map<Instant, Stretch> stretches) {
    private static final int ROWS = 72;

    /** @param evidence the greatest, by metric */
    record Stretch(Sides sides, String weight, Map<String, Double> evidence) {
        private Stretch and(Stretch later) {
            Map<String, Double> greatest = new TreeMap<>(evidence);
            later.evidence.forEach((metric, value) -> greatest.merge(metric, value, Math::max));
            return new Stretch(sides.and(later.sides), later.weight, greatest);
        }

        String evidence(String metric) {
            return evidence.containsKey(metric) ? Chart.number(evidence.getOrDefault(metric, Double.NaN)) : "–";
        }
    }

    /** @param document as the API tells it, the oldest point first */
    static GuardView of(Lookback reach, Doc document) {
        Duration length = reach.stretch(document.duration("width").orElse(Duration.ofHours(1)));
        Map<Instant, Stretch> stretches = new TreeMap<>();
        for (Doc point : document.list("points")) {
            point.instant("at").ifPresent(at -> stretches.merge(floor(at, length), stretch(point), Stretch::and));
        }
        return new GuardView(reach, length, document.decimal("threshold"), document.decimal("calm"), stretches);
    }

    private static Instant floor(Instant at, Duration length) {
        return at.minusSeconds(Math.floorMod(at.getEpochSecond(), length.toSeconds()));
    }

    private static Stretch stretch(Doc point) {
        Map<String, Double> evidence = new TreeMap<>();
        point.at("evidence")
                .members()
                .keySet()
                .forEach(metric -> evidence.put(metric, point.at("evidence").decimal(metric)));
        return new Stretch(
                new Sides(Side.of(point.at("old")), Side.of(point.at("new"))), point.text("weight"), evidence);
    }

    /** The statistic of each metric, against what comes of it. */
    Chart evidence() {
        List<Line> lines = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            String name = metric.name().toLowerCase(Locale.ROOT);
            Map<Instant, Double> values = new TreeMap<>();
            everyStretch()
                    .forEach((at, stretch) -> values.put(at, stretch.evidence().getOrDefault(name, Double.NaN)));
            lines.add(new Line(name.equals("slow") ? "slow calls" : name, name, values));
        }
        return Chart.of(
                "Evidence against the new side, by powers of ten",
                lines,
                List.of(new Limit("goes back", threshold), new Limit("waits", calm)));
    }

    /** What the newest stretch says of each metric. */
    List<Verdict> now() {
        if (stretches.isEmpty()) {
            return List.of();
        }
        Map<String, Double> newest =
                new TreeMap<>(stretches).lastEntry().getValue().evidence();
        List<Verdict> verdicts = new ArrayList<>();
        newest.forEach((metric, value) -> verdicts.add(new Verdict(
                metric.equals("slow") ? "slow calls" : metric,
                Chart.number(value),
                value >= threshold ? "bad" : value >= calm ? "unknown" : "good",
                value >= threshold ? "goes back" : value >= calm ? "waits" : "calm")));
        return verdicts;
    }

    /**
     * Of the guard about one metric.
     *
     * @param kind of the style
     */
    record Verdict(String metric, String evidence, String kind, String word) {}

    /** Both sides beside each other. */
    Outcomes outcomes() {
        Map<Instant, Sides> sides = new TreeMap<>();
        everyStretch().forEach((at, stretch) -> sides.put(at, stretch.sides()));
        return new Outcomes(sides);
    }

    /** For a table: the newest first, and no more than somebody reads. */
    List<Map.Entry<Instant, Stretch>> newest() {
        List<Map.Entry<Instant, Stretch>> all = new ArrayList<>(stretches.entrySet());
        Collections.reverse(all);
        return all.subList(0, Math.min(ROWS, all.size()));
    }

    /** With those of which nothing is known, so that lines break there; to the end of the last, with what was done in it. */
    private Map<Instant, Stretch> everyStretch() {
        TreeMap<Instant, Stretch> every = new TreeMap<>(stretches);
        if (!every.isEmpty()) {
            Instant end = every.lastKey().plus(length);
            for (Instant at = every.firstKey(); !at.isAfter(end); at = at.plus(length)) {
                every.putIfAbsent(at, new Stretch(Sides.NOTHING, "", Map.of()));
            }
        }
        return every;
    }
}
