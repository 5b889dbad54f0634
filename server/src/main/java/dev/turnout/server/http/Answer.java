package dev.turnout.server.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an endpoint gives back.
 *
 * @param code HTTP status code
 * @param body anything {@link Wire} can write; empty for none
 * @param isSecret whether its body must be kept nowhere
 */
record Answer(int code, Optional<Object> body, Map<String, String> headers, boolean isSecret) {
    Answer {
        headers = Map.copyOf(headers);
    }

    Answer(int code, Optional<Object> body, Map<String, String> headers) {
        this(code, body, headers, false);
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
        return tag(String.valueOf(version));
    }

    Answer tag(String tag) {
        Map<String, String> more = new HashMap<>(headers);
        more.put("ETag", "\"" + tag + "\"");
        return new Answer(code, body, more, isSecret);
    }

    /** With one more member; only of a body that is an object. */
    Answer with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put(member, value);
        ((Map<?, ?>) body.orElseThrow()).forEach((name, there) -> more.put(String.valueOf(name), there));
        return new Answer(code, Optional.of(more), headers, isSecret);
    }

    Answer secret() {
        return new Answer(code, body, headers, true);
    }

    /**
     * A page of a list.
     *
     * @param cursor of an entry, to page on behind it
     */
    static <T> Answer page(
            String name,
            List<T> entries,
            Function<T, ? extends Object> document,
            int limit,
            Function<T, ? extends Object> cursor) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put(name, entries.stream().map(document).toList());
        if (entries.size() == limit) {
            page.put("next", String.valueOf(cursor.apply(entries.get(entries.size() - 1))));
        }
        return ok(page);
    }
}
