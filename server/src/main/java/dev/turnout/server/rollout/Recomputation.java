package dev.turnout.server.rollout;

import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.Weighed;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.DecisionStore;
import dev.turnout.server.rollout.Evidence.Seeing;
import dev.turnout.server.rollout.Evidence.Verdict;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Decides again by what was kept with a decision, through the code that decides: gates, plan and detector. Pure. */
public final class Recomputation {
    private Recomputation() {}

    /**
     * What comes of it, as JSON values: {@code agrees} and both decisions, with each statistic as kept and as reckoned
     * again; or only {@code because}, where a person or an alert decided and there is nothing to reckon.
     *
     * @throws IllegalStateException when the evidence cannot be read
     */
    public static Map<String, Object> of(Map<String, Object> evidence) {
        Optional<Sight> input = DecisionStore.part(evidence, Evidence.INPUT, Sight.class);
        Optional<Verdict> kept = DecisionStore.part(evidence, Evidence.DECISION, Verdict.class);
        Optional<Seeing> seeing = DecisionStore.part(evidence, Evidence.PACE, Seeing.class);
        Map<String, Object> result = new LinkedHashMap<>();
        if (input.isEmpty() || kept.isEmpty() || seeing.isEmpty()) {
            result.put("because", "no rule decided this: there is nothing to reckon again");
            return result;
        }
        Sight sight = input.get();
        Pace pace = new Pace(
                Clock.fixed(sight.now(), ZoneOffset.UTC),
                seeing.get().scale(),
                seeing.get().shortestTimer());
        List<Gate> gates = new Gates(pace).of(sight);
        Decision again = sight.row().rollout().decide(sight.now(), gates);
        List<Map<String, Object>> statistics = statistics(sight.figures().weighed());
        boolean agrees = Verdict.of(again).equals(kept.get())
                && statistics.stream().allMatch(each -> Boolean.TRUE.equals(each.get("agrees")));
        result.put("agrees", agrees);
        result.put("kept", kept.get());
        result.put("again", Verdict.of(again));
        result.put("statistics", statistics);
        return result;
    }

    private static List<Map<String, Object>> statistics(Map<Metric, Weighed> weighed) {
        List<Map<String, Object>> statistics = new ArrayList<>();
        weighed.forEach((metric, last) -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("metric", metric.name().toLowerCase(Locale.ROOT));
            json.put("kept", last.after().evidence());
            json.put("again", last.again().after().evidence());
            json.put("agrees", last.holds());
            statistics.add(json);
        });
        return statistics;
    }
}
