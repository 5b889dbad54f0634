package dev.turnout.server.http;

import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.Watch;
import dev.turnout.server.control.Decided;
import dev.turnout.server.control.GuardPoint;
import dev.turnout.server.control.GuardPoint.Width;
import dev.turnout.server.control.GuardStore;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.rollout.Recomputation;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What the guard of a flag has seen over time, and what was decided by it. */
final class GuardResource implements Resource {
    private static final int MOST_MINUTES = 60 * 24 * 400;
    private static final int USUAL_MINUTES = 60;

    private final GuardStore guards;
    private final InstantSource time;

    /** @param time business time */
    GuardResource(GuardStore guards, InstantSource time) {
        this.guards = guards;
        this.time = time;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_GUARD, this::read, Endpoint.LIST_DECISIONS, this::decisions);
    }

    /** As narrow as points are kept for so long, the oldest first. */
    private Future<Answer> read(Call call) {
        Duration back = Duration.ofMinutes(call.whole("minutes", 1, MOST_MINUTES, USUAL_MINUTES));
        Width width = Width.reaching(back);
        return guards.history()
                .points(call.path("key"), width, time.instant().minus(back))
                .map(points -> {
                    Map<String, Object> document = new LinkedHashMap<>();
                    document.put("width", width.length());
                    document.put("threshold", Watch.LIMIT);
                    document.put("calm", Watch.CALM);
                    document.put(
                            "points", points.stream().map(GuardResource::point).toList());
                    return Answer.ok(document);
                });
    }

    private Future<Answer> decisions(Call call) {
        boolean recompute = call.query("recompute").filter("true"::equals).isPresent();
        return guards.decisions()
                .of(call.path("flag"), call.windowFromNewest(), call.query("kind"))
                .map(all ->
                        Answer.page("decisions", all, each -> decision(each, recompute), call.limit(), Decided::id));
    }

    private static Map<String, Object> point(GuardPoint point) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("at", point.at());
        document.put("weight", point.weight().toString());
        document.put("old", totals(point.oldSide()));
        document.put("new", totals(point.newSide()));
        Map<String, Object> evidence = new LinkedHashMap<>();
        for (Metric metric : Metric.values()) {
            evidence.put(
                    metric.name().toLowerCase(Locale.ROOT), point.evidence().getOrDefault(metric, 0.0));
        }
        document.put("evidence", evidence);
        return document;
    }

    private static Map<String, Object> totals(OutcomeReport.Totals totals) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("calls", totals.calls());
        document.put("failures", totals.failures());
        document.put("slow", totals.slow());
        document.put("mismatches", totals.mismatches());
        return document;
    }

    private static Map<String, Object> decision(Decided decided, boolean recompute) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", decided.id());
        document.put("flag", decided.flagKey());
        decided.run().ifPresent(run -> document.put("run", run));
        document.put("at", decided.at());
        document.put("kind", decided.kind());
        document.put("because", decided.because());
        document.put("evidence", decided.evidence());
        if (recompute) {
            document.put("recomputed", Recomputation.of(decided.evidence()));
        }
        return document;
    }
}
