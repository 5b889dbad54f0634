package dev.turnout.server.rollout;

import dev.turnout.flags.guard.Alarm;
import dev.turnout.flags.guard.Figures;
import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.SplitCheck;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Monitor;
import dev.turnout.server.control.Watched;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept with a decision, so that it can be judged long after: counts, statistic, threshold, queries and readings in
 * words for people, and all of the input, by which {@link Recomputation} decides again.
 */
final class Evidence {
    private Evidence() {}

    static final String INPUT = "input";
    static final String DECISION = "decision";
    static final String PACE = "pace";

    /** What was decided. */
    record Verdict(String kind, String because) {
        static Verdict of(Decision decision) {
            String kind = decision.getClass().getSimpleName().replaceAll("(?<=[a-z])([A-Z])", "_$1");
            return new Verdict(kind.toUpperCase(Locale.ROOT), decision.because());
        }
    }

    /** How finely time was seen. */
    record Seeing(double scale, Duration shortestTimer) {}

    /** @param gates of the next move */
    static Map<String, Object> of(Sight sight, List<Gate> gates, Decision decision, Pace pace) {
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put(DECISION, Verdict.of(decision));
        evidence.put("software", software());
        evidence.put(INPUT, sight);
        evidence.put(PACE, new Seeing(pace.scale(), pace.shortestTimer()));
        evidence.put("migration", sight.row().migration());
        evidence.put("run", sight.row().run());
        evidence.put("step", sight.row().rollout().step());
        evidence.put("enteredAt", sight.row().rollout().enteredAt().toString());
        evidence.put("flagVersion", sight.flag().version());
        evidence.put("weight", sight.flag().weight().hundredThousandths());
        evidence.put("gates", gates.stream().map(Evidence::gate).toList());
        evidence.put("outcomes", outcomes(sight));
        evidence.put(
                "monitors", sight.monitors().stream().map(Evidence::monitor).toList());
        Map<String, Object> verification = new LinkedHashMap<>();
        sight.row().proof().verified().from().ifPresent(from -> verification.put("verifiedFrom", from.toString()));
        verification.put("mismatches", sight.row().proof().verified().mismatches());
        evidence.put("verification", verification);
        return evidence;
    }

    private static String software() {
        return Optional.ofNullable(Evidence.class.getPackage().getImplementationVersion())
                .orElse("not packaged");
    }

    private static Map<String, Object> gate(Gate gate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", gate.name());
        json.put("health", gate.health().name());
        json.put("because", gate.because());
        return json;
    }

    private static Map<String, Object> outcomes(Sight sight) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("old", seen(sight.figures().old()));
        json.put("new", seen(sight.figures().fresh()));
        json.put("threshold", Watch.LIMIT);
        for (Metric metric : Metric.values()) {
            json.put("suspicion of " + word(metric), sight.figures().evidence(metric));
        }
        SplitCheck split = sight.figures().split(sight.flag().newSide());
        json.put("chiSquareOfSplit", split.chiSquare());
        sight.figures().alarm().ifPresent(alarm -> json.put("alarm", alarm(alarm)));
        return json;
    }

    private static Map<String, Object> alarm(Alarm alarm) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rule", alarm.rule());
        json.put("metric", word(alarm.metric()));
        json.put("statistic", alarm.statistic());
        json.put("threshold", alarm.threshold());
        json.put("controlled", alarm.controlled());
        json.put("because", alarm.because());
        return json;
    }

    private static Map<String, Object> seen(Figures.Tally tally) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("units", tally.exposed());
        tally.hit().forEach((metric, units) -> json.put(word(metric), units));
        return json;
    }

    private static Map<String, Object> monitor(Watched watched) {
        Monitor monitor = watched.monitor();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", monitor.name());
        json.put("source", monitor.query().source());
        json.put("query", monitor.query().text());
        json.put("failWhen", monitor.rule().failureCondition());
        json.put("failures", watched.failures());
        json.put("failureLimit", monitor.limits().failures());
        if (monitor.rule().arms()) {
            json.put("suspicion", watched.tally().comparison().evidence());
            json.put("threshold", Watch.LIMIT);
            json.put("counts", watched.tally().comparison().counts());
        }
        watched.latest().ifPresent(latest -> {
            json.put("at", latest.at().toString());
            json.put("verdict", latest.verdict().name());
            json.put("because", latest.because());
            List<String> readings = new ArrayList<>();
            latest.values().forEach((name, value) -> readings.add(name + " = " + value));
            json.put("readings", readings);
        });
        return json;
    }

    private static String word(Metric metric) {
        return switch (metric) {
            case FAILURES -> "failures";
            case SLOW -> "slow";
            case MISMATCHES -> "mismatches";
        };
    }
}
