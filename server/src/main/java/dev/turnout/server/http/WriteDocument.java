package dev.turnout.server.http;

import dev.turnout.migration.Side;
import dev.turnout.server.control.StoredWrite;
import dev.turnout.worker.write.Outcome;
import dev.turnout.worker.write.Write;
import dev.turnout.worker.write.Write.Op;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A write as an application sends it:
 *
 * <pre>{"side":"NEW","move":"reservations","op":"UPSERT","key":{"id":17},"values":{"serviceId":3,"notes":null}}</pre>
 *
 * and what it is told of it, which never has its values.
 */
final class WriteDocument {
    /** Of a key column: what an index entry can hold. */
    private static final int LONGEST_KEY = 1000;

    private WriteDocument() {}

    /** @throws Refusal 422 with every problem */
    static Write read(Fields fields) {
        fields.only(Set.of("side", "move", "op", "key", "values"));
        Optional<Side> side = fields.word("side", Side.class);
        String move = fields.text("move");
        Optional<Op> op = fields.word("op", Op.class);
        Map<String, String> key = new TreeMap<>();
        fields.cells("key", false).forEach((column, text) -> key.put(column, text.orElseThrow()));
        key.forEach((column, text) -> {
            if (text.length() > LONGEST_KEY) {
                fields.problem("key." + column, "must have at most " + LONGEST_KEY + " characters");
            }
        });
        Map<String, Optional<String>> values = fields.has("values") ? fields.cells("values", true) : Map.of();
        fields.check();
        return new Write(side.orElseThrow(), move, op.orElseThrow(), key, values);
    }

    static Map<String, Object> write(StoredWrite write) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("idempotencyKey", write.key());
        document.put(
                "state", write.outcome().map(Outcome::verdict).map(Enum::name).orElse("WAITING"));
        write.outcome().map(Outcome::because).ifPresent(because -> document.put("because", because));
        write.outcome()
                .map(Outcome::sqlState)
                .filter(state -> !state.isEmpty())
                .ifPresent(state -> document.put("sqlState", state));
        if (!write.waitingFor().isEmpty()) {
            document.put("waitingFor", write.waitingFor());
        }
        document.put("attempts", write.attempts());
        document.put("acceptedAt", write.acceptedAt());
        document.put("acceptedFrom", write.acceptedFrom());
        return document;
    }

    static String location(String migration, StoredWrite write) {
        // URLEncoder is for forms, where a blank is a plus; a key has no blanks.
        return "/api/v1/migrations/" + migration + "/writes/" + URLEncoder.encode(write.key(), StandardCharsets.UTF_8);
    }
}
