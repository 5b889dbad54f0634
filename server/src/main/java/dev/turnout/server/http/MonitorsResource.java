package dev.turnout.server.http;

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

    MonitorsResource(RunStore runs, MonitorStore monitors) {
        this.runs = runs;
        this.monitors = monitors;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.LIST_MONITORS, this::list);
    }

    private Future<Answer> list(Call call) {
        String name = call.path("name");
        int last = (int) call.whole("last", 1, MOST, LAST);
        return runs.find(name).compose(found -> {
            Run run = found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'"));
            return monitors.watched(run.id())
                    .compose(watched -> measured(watched, last))
                    .map(all -> Answer.ok(Map.of("monitors", all)));
        });
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
        document.put("name", watched.monitor().name());
        document.put("interval", watched.interval());
        document.put("dueAt", watched.dueAt());
        document.put("dryRun", watched.monitor().dryRun());
        document.put("failures", watched.failures());
        document.put("errors", watched.errors());
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
