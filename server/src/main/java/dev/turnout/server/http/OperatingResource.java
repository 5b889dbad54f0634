package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.migration.Tuning;
import dev.turnout.server.control.OperatingStore;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.report.Markdown;
import dev.turnout.server.report.Reports;
import dev.turnout.worker.backfill.RejectedRow;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What operators do while rows move, below {@code /api/v1/migrations}: tuning, rows put aside, reports. */
final class OperatingResource implements Resource {
    private static final int PAGE = 100;
    private static final String MARKDOWN = "text/markdown";

    private final RunStore runs;
    private final OperatingStore operating;

    OperatingResource(RunStore runs, OperatingStore operating) {
        this.runs = runs;
        this.operating = operating;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.TUNE_MIGRATION, this::tune,
                Endpoint.LIST_REJECTED, this::rejected,
                Endpoint.RETRY_REJECTED, this::retry,
                Endpoint.READ_REPORT, this::report);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.TUNE_MIGRATION, OperatingResource::changes);
    }

    /** A member that is null is left to the engine again. */
    private Future<Answer> tune(Call call) {
        Map<String, Optional<String>> changes = changes(call);
        return runs(call).compose(run -> operating
                .tune(run.migration(), changes, call.changeBasedOn())
                .map(tuned -> Answer.ok(MigrationDocument.brief(tuned)).tag(tuned.tag())));
    }

    private static Map<String, Optional<String>> changes(Call call) {
        Fields fields = call.fields();
        Map<String, Optional<String>> changes = new LinkedHashMap<>();
        call.json().properties().forEach(member -> {
            if (!member.getKey().equals("reason")) {
                changes.put(member.getKey(), word(fields, member.getKey(), member.getValue()));
            }
        });
        Map<String, String> words = new LinkedHashMap<>();
        changes.forEach((name, word) -> words.put(name, word.orElse("")));
        Tuning.read(words, (name, wrong) -> {
            boolean cleared = Tuning.NAMES.contains(name)
                    && changes.getOrDefault(name, Optional.empty()).isEmpty();
            if (!cleared) {
                fields.problem(name, wrong);
            }
        });
        fields.check();
        return changes;
    }

    private static Optional<String> word(Fields fields, String name, JsonNode value) {
        if (value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() && !value.isIntegralNumber()) {
            fields.problem(name, "must be a text, a whole number or null");
        }
        return Optional.of(value.asText());
    }

    private Future<Answer> rejected(Call call) {
        long after = call.whole("cursor", 0, Long.MAX_VALUE, 0);
        int limit = call.limit();
        return runs(call)
                .compose(run ->
                        operating.rejected(run.id(), after, limit).map(rows -> Answer.ok(page(run, rows, limit))));
    }

    private static Map<String, Object> page(Run run, List<RejectedRow> rows, int limit) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("total", run.operating().rejected());
        page.put("asOf", run.operating().rejectedAt().map(Instant::toString).orElse("no worker has looked yet"));
        page.put("retryPending", run.operating().retryPending());
        page.put("rows", rows.stream().map(OperatingResource::row).toList());
        if (rows.size() == limit) {
            page.put("next", OperatingStore.position(rows.get(rows.size() - 1)));
        }
        return page;
    }

    private static Map<String, Object> row(RejectedRow row) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", row.id());
        document.put("side", row.side());
        document.put("table", row.table());
        document.put("key", Wire.read(Buffer.buffer(row.key())));
        document.put("phase", row.phase());
        document.put("sqlstate", row.sqlstate());
        document.put("error", row.message());
        document.put("at", row.at());
        return document;
    }

    private Future<Answer> retry(Call call) {
        return operating
                .retry(call.path("name"), call.changeBasedOn())
                .map(run -> Answer.accepted(MigrationDocument.brief(run)).tag(run.tag()));
    }

    private Future<Answer> report(Call call) {
        String kind = call.path("kind");
        return runs(call).compose(run -> report(run, kind).map(found -> {
            Map<String, Object> report = found.orElseThrow(() -> Refusal.notFound("report '" + kind + "' of "
                    + run.migration() + " yet: baseline is made before the first change, validation once every row is"
                    + " verified"));
            return call.header("Accept")
                            .filter(accept -> accept.contains(MARKDOWN))
                            .isPresent()
                    ? new Answer(
                            200,
                            Optional.of(Markdown.of(run.migration() + ": " + kind + " report", report)),
                            Map.of("Content-Type", MARKDOWN + "; charset=utf-8"))
                    : Answer.ok(report);
        }));
    }

    private Future<Optional<Map<String, Object>>> report(Run run, String kind) {
        return switch (kind) {
            case "baseline" -> Future.succeededFuture(Reports.baseline(run));
            case "validation" ->
                runs.log(run.id()).compose(history -> operating
                        .rejected(run.id(), 0, PAGE)
                        .map(rows -> Reports.validation(run, history, rows)));
            default -> Future.succeededFuture(Optional.empty());
        };
    }

    private Future<Run> runs(Call call) {
        String name = call.path("name");
        return runs.find(name).map(found -> found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'")));
    }
}
