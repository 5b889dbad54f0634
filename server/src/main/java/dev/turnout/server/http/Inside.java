package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.SessionStore;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;

/**
 * The API, for another face of this process: the same rights, the same checks, the same words, without a connection.
 * Everything fails as the API does, with a {@link Refusal}. Used on its event loop only.
 */
public final class Inside {
    private final Api api;
    private final Admission admission;
    private final SessionStore sessions;

    Inside(Api api, Admission admission, SessionStore sessions) {
        this.api = api;
        this.admission = admission;
        this.sessions = sessions;
    }

    /**
     * Who shows the token within a session, once in a request: it counts against the token's rate. Refused with 401 when the
     * session was ended or the token is good no more, as of now on any server.
     *
     * @param from whose request it is, for the audit of what is refused
     * @param session what only the session knows
     */
    public Future<Caller> caller(HttpServerRequest from, String token, String session) {
        return told(admission.admit(from, sessions.check(token, session).recover(Inside::silent)), "");
    }

    /**
     * Ends a session for whoever has its cookie.
     *
     * @param until real time at which it would end by itself
     */
    public Future<Void> end(String session, Instant until) {
        return told(sessions.end(session, until).recover(Inside::silent), "");
    }

    private static <T> Future<T> silent(Throwable failure) {
        return Future.failedFuture(
                failure instanceof TimeoutException
                        ? new Refusal(503, "control-unreachable", "the control database does not answer now", Map.of())
                        : failure);
    }

    /** Asks as that caller. */
    public Future<Told> ask(HttpServerRequest from, Caller caller, Ask ask) {
        MultiMap query = MultiMap.caseInsensitiveMultiMap().addAll(ask.query());
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(ask.headers());
        Sent sent = new Sent(
                ask.endpoint().method() + " " + ask.endpoint().path() + " " + new TreeMap<>(ask.path()),
                name -> ask.path().getOrDefault(name, ""),
                query,
                name -> Optional.ofNullable(headers.get(name)));
        Buffer body = ask.text()
                .map(Buffer::buffer)
                .orElseGet(() -> ask.body().isEmpty() ? Buffer.buffer() : Wire.write(ask.body()));
        return told(
                admission
                        .admit(ask.endpoint(), from, sent.path(), caller)
                        .compose(admitted -> api.answer(ask.endpoint(), new Call(sent, caller, body)))
                        .map(Inside::told),
                ask.endpoint().path());
    }

    private static Told told(Answer answer) {
        Object body = answer.body().orElse(Map.of());
        boolean yaml = "application/yaml".equals(answer.headers().get("Content-Type"));
        JsonNode document = body instanceof String text && !yaml ? Wire.read(Buffer.buffer(text)) : Wire.tree(body);
        return new Told(document, Optional.ofNullable(answer.headers().get("ETag")));
    }

    private static <T> Future<T> told(Future<T> answer, String path) {
        return answer.recover(failure -> Future.failedFuture(Problems.refusal(failure, 500, path)));
    }

    /**
     * A request.
     *
     * @param path values of the parameters in the endpoint's path
     * @param body members of the JSON object that is sent; empty: none is
     * @param text is sent instead, where the endpoint takes a file
     */
    public record Ask(
            Endpoint endpoint,
            Map<String, String> path,
            Map<String, String> query,
            Map<String, Object> body,
            Map<String, String> headers,
            Optional<String> text) {
        public Ask {
            path = Map.copyOf(path);
            query = Map.copyOf(query);
            headers = Map.copyOf(headers);
        }

        public static Ask of(Endpoint endpoint) {
            return new Ask(endpoint, Map.of(), Map.of(), Map.of(), Map.of(), Optional.empty());
        }

        public Ask at(String name, String value) {
            Map<String, String> more = new TreeMap<>(path);
            more.put(name, value);
            return new Ask(endpoint, more, query, body, headers, text);
        }

        public Ask where(String name, String value) {
            Map<String, String> more = new TreeMap<>(query);
            more.put(name, value);
            return new Ask(endpoint, path, more, body, headers, text);
        }

        public Ask with(String name, Object value) {
            Map<String, Object> more = new TreeMap<>(body);
            more.put(name, value);
            return new Ask(endpoint, path, query, more, headers, text);
        }

        public Ask header(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Ask(endpoint, path, query, body, more, text);
        }

        public Ask text(String file) {
            return new Ask(endpoint, path, query, body, headers, Optional.of(file));
        }
    }

    /**
     * @param document a text where the answer is a file
     * @param tag the ETag, with its quotes, of what can be changed on condition
     */
    public record Told(JsonNode document, Optional<String> tag) {}
}
