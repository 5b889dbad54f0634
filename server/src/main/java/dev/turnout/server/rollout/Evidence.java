package dev.turnout.server.rollout;

import dev.turnout.flags.guard.Alarm;
import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.Seen;
import dev.turnout.flags.guard.SplitCheck;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.migration.Monitor;
import dev.turnout.server.control.Watched;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an incident keeps, so that it can be judged long after: counts, statistic, threshold, queries and readings. */
final class Evidence {
    private Evidence() {}

    static Map<String, Object> of(Sight sight, List<Gate> gates) {
        Map<String, Object> evidence = new LinkedHashMap<>();
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

    private static Map<String, Object> gate(Gate gate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", gate.name());
        json.put("health", gate.health().name());
        json.put("because", gate.because());
        return json;
    }

    private static Map<String, Object> outcomes(Sight sight) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("old", seen(sight.watch().old()));
        json.put("new", seen(sight.watch().fresh()));
        for (Metric metric : Metric.values()) {
            json.put("suspicion of " + word(metric), sight.watch().evidence(metric));
        }
        SplitCheck split = sight.watch().split(sight.flag().newSide());
        json.put("chiSquareOfSplit", split.chiSquare());
        sight.watch().alarm().ifPresent(alarm -> json.put("alarm", alarm(alarm)));
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

    private static Map<String, Object> seen(Seen seen) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("units", seen.exposed().count());
        seen.hit().forEach((metric, units) -> json.put(word(metric), units.count()));
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
