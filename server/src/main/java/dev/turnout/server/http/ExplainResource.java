package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Explanation;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Variant;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code /api/v1/flags/{key}/explain}: why somebody gets the answer that they get. The subject is given by the query
 * parameters {@code targetingKey} and {@code context}, a JSON object of attributes.
 */
final class ExplainResource implements Resource {
    private final Supplier<FlagSet> flags;
    private final InstantSource time;

    /** @param time business time */
    ExplainResource(Supplier<FlagSet> flags, InstantSource time) {
        this.flags = flags;
        this.time = time;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.EXPLAIN_FLAG, this::explain);
    }

    private Future<Answer> explain(Call call) {
        String key = call.path("key");
        Explanation explanation =
                flags.get().explain(key, subject(call), time).orElseThrow(() -> Refusal.notFound("flag '" + key + "'"));
        return Future.succeededFuture(Answer.ok(document(explanation)));
    }

    private static Subject subject(Call call) {
        JsonNode context = Wire.read(call.query("context").map(Buffer::buffer).orElse(null));
        if (!context.isObject()) {
            throw Refusal.malformed("'context' must be a JSON object of attributes");
        }
        Subject given = OfrepContext.subject(context);
        return call.query("targetingKey")
                .map(key -> new Subject(key, given.attributes()))
                .orElse(given);
    }

    private static Map<String, Object> document(Explanation explanation) {
        Evaluation evaluation = explanation.evaluation();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("key", evaluation.key());
        document.put("version", evaluation.version());
        document.put("variant", evaluation.variant().map(Variant::name));
        document.put("value", evaluation.variant().map(Variant::value));
        document.put("side", evaluation.side());
        document.put("reason", evaluation.reason());
        document.put("error", evaluation.error());
        document.put(
                "bucket",
                Optional.of(evaluation.bucket()).filter(it -> it.isPresent()).map(it -> it.getAsInt()));
        document.put("stage", evaluation.stage());
        document.put("steps", explanation.steps());
        return document;
    }
}
