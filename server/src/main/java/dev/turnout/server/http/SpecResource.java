package dev.turnout.server.http;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.migration.Transfer;
import dev.turnout.server.control.RunStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/migrations/NAME/spec}: what the newest run does, as it was written down and as it is understood. */
final class SpecResource implements Resource {
    private final Vertx vertx;
    private final RunStore runs;

    SpecResource(Vertx vertx, RunStore runs) {
        this.vertx = vertx;
        this.runs = runs;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_SPEC, this::read);
    }

    private Future<Answer> read(Call call) {
        String name = call.path("name");
        return runs.find(name)
                .map(found -> found.orElseThrow(() -> Refusal.notFound("migration '" + name + "'")))
                .compose(run -> runs.bundle(run.id()))
                // Long ones take a while to read.
                .compose(bundle -> vertx.executeBlocking(() -> document(bundle), false))
                .map(Answer::ok);
    }

    private static Map<String, Object> document(Bundle bundle) {
        Map<String, Object> document = understood(SpecReader.read(bundle).orThrow());
        document.put("main", bundle.main());
        document.put("files", bundle.files());
        return document;
    }

    /** What it does; may be added to. */
    static Map<String, Object> understood(Spec spec) {
        List<Map<String, Object>> moves = new ArrayList<>();
        spec.moves().forEach(move -> moves.add(move(move)));
        spec.transfers().forEach(transfer -> moves.add(move(transfer)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("hash", spec.hash());
        document.put("old", spec.database().database());
        document.put("new", spec.target().orElse(spec.database()).database());
        document.put("expand", spec.expand().stream().map(ExpandStep::title).toList());
        document.put("moves", moves);
        document.put(
                "assertions",
                spec.assertions().stream().map(each -> each.name()).toList());
        document.put(
                "contract",
                spec.contract().steps().stream().map(step -> step.title()).toList());
        return document;
    }

    private static Map<String, Object> move(Move move) {
        Map<String, Object> document = head(move.table(), move.table(), move.table(), move.key());
        move.scope().where().ifPresent(where -> document.put("where", where));
        return columns(document, move.up(), move.down(), move.required());
    }

    private static Map<String, Object> move(Transfer transfer) {
        Map<String, Object> document = head(
                transfer.name(), transfer.from().toString(), transfer.into().toString(), transfer.key());
        transfer.where().ifPresent(where -> document.put("where", where));
        return columns(document, transfer.up(), transfer.down(), List.of());
    }

    private static Map<String, Object> head(String name, String from, String into, List<String> key) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", name);
        document.put("from", from);
        document.put("into", into);
        document.put("key", key);
        return document;
    }

    private static Map<String, Object> columns(
            Map<String, Object> document, Map<String, String> up, Map<String, Move.Down> down, List<String> required) {
        document.put("up", up);
        Map<String, Object> back = new LinkedHashMap<>();
        down.forEach((column, way) -> back.put(column, way.from()));
        document.put("down", back);
        document.put("required", required);
        return document;
    }
}
