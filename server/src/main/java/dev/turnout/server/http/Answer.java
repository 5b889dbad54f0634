package dev.turnout.server.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an endpoint gives back.
 *
 * @param code HTTP status code
 * @param body anything {@link Wire} can write; empty for none
 */
record Answer(int code, Optional<Object> body, Map<String, String> headers) {
    Answer {
        headers = Map.copyOf(headers);
    }

    static Answer ok(Object body) {
        return new Answer(200, Optional.of(body), Map.of());
    }

    static Answer accepted(Object body) {
        return new Answer(202, Optional.of(body), Map.of());
    }

    /** With where to ask what has become of it. */
    static Answer accepted(Object body, String location) {
        return new Answer(202, Optional.of(body), Map.of("Location", location));
    }

    static Answer created(Object body, String location) {
        return new Answer(201, Optional.of(body), Map.of("Location", location));
    }

    /** A text that is JSON already. */
    static Answer json(String text) {
        return new Answer(200, Optional.of(text), Map.of("Content-Type", "application/json"));
    }

    /** An answer that goes on; the beginning may throw a {@link Refusal}. */
    static Answer stream(Streaming begins) {
        return new Answer(200, Optional.of(begins), Map.of());
    }

    /** Begins to write an answer that goes on. */
    @FunctionalInterface
    interface Streaming {
        void begin(HttpServerResponse response);
    }

    /** The same with the strong ETag that compare-and-set goes by. */
    Answer version(long version) {
        Map<String, String> more = new HashMap<>(headers);
        more.put("ETag", "\"" + version + "\"");
        return new Answer(code, body, more);
    }
}
