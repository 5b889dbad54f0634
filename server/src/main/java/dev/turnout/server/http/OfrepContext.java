package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.Subject;
import java.util.LinkedHashMap;
import java.util.Map;

/** An evaluation context of OFREP as a subject. */
final class OfrepContext {
    private OfrepContext() {}

    /**
     * Of a request. No body, no context and no key all mean nobody in particular: providers send each of them.
     *
     * @throws Refusal 400
     */
    static Subject of(JsonNode body) {
        if (!body.isObject()) {
            throw Refusal.malformed("the body must be a JSON object");
        }
        JsonNode context = body.path("context");
        if (context.isMissingNode() || context.isNull()) {
            return Subject.ANONYMOUS;
        }
        if (!context.isObject()) {
            throw Refusal.malformed("'context' must be a JSON object");
        }
        return subject(context);
    }

    /** @throws Refusal 400 when the targeting key is no text */
    static Subject subject(JsonNode context) {
        JsonNode key = context.path("targetingKey");
        if (!key.isTextual() && !key.isMissingNode() && !key.isNull()) {
            throw Refusal.malformed("'context.targetingKey' must be a text");
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        context.properties().forEach(member -> {
            if (!member.getKey().equals("targetingKey") && !member.getValue().isNull()) {
                attributes.put(member.getKey(), Wire.plain(member.getValue()));
            }
        });
        return new Subject(key.asText(""), attributes);
    }
}
