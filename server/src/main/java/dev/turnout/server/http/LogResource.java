package dev.turnout.server.http;

import dev.turnout.server.control.LogStore;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.RunStore;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/migrations/NAME/log}: what was done to the schema, and the latest batches of each table. */
final class LogResource implements Resource {
    private static final int CHANGES = 200;
    private static final int BATCHES = 20;

    private final RunStore runs;
    private final LogStore logs;

    LogResource(RunStore runs, LogStore logs) {
        this.runs = runs;
        this.logs = logs;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_LOG, this::read);
    }

    private Future<Answer> read(Call call) {
        int last = (int) call.whole("last", 1, BatchLog.KEPT, BATCHES);
        String name = call.path("name");
        return runs.find(name).compose(found -> {
            Run run = found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'"));
            return logs.schema(run.id(), CHANGES).compose(changes -> logs.batches(run.id(), call.query("table"), last)
                    .map(batches -> Answer.ok(document(changes, batches))));
        });
    }

    private static Map<String, Object> document(List<SchemaLog.Line> changes, List<BatchLog.Line> batches) {
        Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
        batches.forEach(batch -> tables.computeIfAbsent(batch.table(), table -> new ArrayList<>())
                .add(batch(batch)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("changes", changes.stream().map(LogResource::change).toList());
        document.put("batches", tables);
        return document;
    }

    private static Map<String, Object> change(SchemaLog.Line line) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("at", line.at());
        document.put("database", line.database());
        document.put("phase", line.what().phase());
        document.put("change", line.what().title());
        document.put("undo", line.what().undo());
        document.put("state", line.state());
        line.took().ifPresent(took -> document.put("tookMs", took.toMillis()));
        document.put("failures", line.failures());
        if (!line.message().isEmpty()) {
            document.put("lastFailure", line.message());
        }
        return document;
    }

    private static Map<String, Object> batch(BatchLog.Line line) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("at", line.at());
        document.put("rows", line.rows());
        document.put("tookMs", line.took().toMillis());
        document.put("putAside", line.aside());
        document.put("worker", line.lane().worker());
        document.put("lane", line.lane().number());
        document.put("waitedMs", line.waited().time().toMillis());
        if (!line.waited().reason().isEmpty()) {
            document.put("waitedFor", line.waited().reason());
        }
        return document;
    }
}
