package dev.turnout.server.http;

import dev.turnout.migration.Monitor;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.MonitorStore;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.Watched;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/migrations/NAME/monitors}: what is watched of a run, and what was measured of late. */
final class MonitorsResource implements Resource {
    private static final int LAST = 10;
    private static final int MOST = 1000;

    private final RunStore runs;
    private final MonitorStore monitors;
    private final AuditStore audit;

    MonitorsResource(RunStore runs, MonitorStore monitors, AuditStore audit) {
        this.audit = audit;
        this.runs = runs;
        this.monitors = monitors;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.LIST_MONITORS, this::list, Endpoint.RUN_MONITOR, this::run);
    }

    private Future<Answer> list(Call call) {
        int last = (int) call.whole("last", 1, MOST, LAST);
        return run(call.path("name")).compose(run -> monitors.watched(run.id())
                .compose(watched -> measured(watched, last))
                .map(all -> Answer.ok(Map.of("monitors", all))));
    }

    /** A worker measures it within seconds; the answer is what was known before. */
    private Future<Answer> run(Call call) {
        String monitor = call.path("monitor");
        return run(call.path("name"))
                .compose(run -> monitors.ask(run.id(), monitor, "migration:" + run.migration(), call.change(""), audit)
                        .compose(asked -> monitors.watched(run.id()))
                        .compose(watched -> measured(
                                watched.stream()
                                        .filter(each -> each.monitor().name().equals(monitor))
                                        .toList(),
                                1))
                        .map(one -> Answer.accepted(Map.of("monitors", one))));
    }

    private Future<Run> run(String name) {
        return runs.find(name).map(found -> found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'")));
    }

    /** One after the other: a request takes one connection at a time. */
    private Future<List<Map<String, Object>>> measured(List<Watched> watched, int last) {
        List<Map<String, Object>> documents = new ArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (Watched each : watched) {
            all = all.compose(before -> monitors.newest(each.id(), last))
                    .onSuccess(newest -> documents.add(document(each, newest)))
                    .mapEmpty();
        }
        return all.map(documents);
    }

    private static Map<String, Object> document(Watched watched, List<Measurement> newest) {
        Map<String, Object> document = new LinkedHashMap<>();
        Monitor monitor = watched.monitor();
        document.put("name", monitor.name());
        document.put("source", monitor.query().source());
        document.put("query", monitor.query().texts());
        if (monitor.rule().arms()) {
            document.put("compare", "arms");
            document.put("suspicion", watched.tally().comparison().evidence());
            document.put("counts", watched.tally().comparison().counts());
        } else {
            document.put("failureCondition", monitor.rule().failureCondition());
        }
        monitor.rule().successCondition().ifPresent(holds -> document.put("successCondition", holds));
        monitor.rule().baseline().ifPresent(baseline -> document.put("baseline", baseline));
        document.put("minSample", monitor.rule().minSample());
        document.put("initialDelay", monitor.schedule().initialDelay());
        document.put("timeout", monitor.schedule().timeout());
        document.put("window", monitor.schedule().window());
        document.put("count", monitor.limits().count());
        document.put("failureLimit", monitor.limits().failures());
        document.put("inconclusiveLimit", monitor.limits().inconclusives());
        document.put("consecutiveErrorLimit", monitor.limits().errors());
        document.put("interval", watched.interval());
        document.put("dueAt", watched.dueAt());
        document.put("dryRun", watched.monitor().dryRun());
        document.put("failures", watched.failures());
        document.put("errors", watched.errors());
        document.put("inconclusives", watched.tally().inconclusives());
        document.put("successes", watched.tally().successes());
        document.put(
                "measurements", newest.stream().map(MonitorsResource::document).toList());
        return document;
    }

    private static Map<String, Object> document(Measurement measurement) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("at", measurement.at());
        document.put("tookSeconds", measurement.took().toMillis() / 1000.0);
        document.put("verdict", measurement.verdict());
        document.put("because", measurement.because());
        document.put("readings", measurement.values());
        return document;
    }
}
