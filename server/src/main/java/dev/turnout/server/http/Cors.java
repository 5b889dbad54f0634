package dev.turnout.server.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lets scripts of the pages ask that the operator has named; nothing else crosses origins. */
final class Cors {
    /** What OpenFeature's web provider sends, and what a change needs. */
    private static final Set<String> ALLOWED = Set.of(
            "content-type",
            "if-none-match",
            "authorization",
            "x-api-key",
            "if-match",
            "idempotency-key",
            "x-turnout-reason");

    private static final Set<String> EXPOSED = Set.of("ETag", "Retry-After");
    private static final Set<HttpMethod> METHODS =
            Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);
    private static final int MAX_AGE_SECONDS = 600;

    private Cors() {}

    /** Empty when no page may. */
    static Optional<Handler<RoutingContext>> handler(Set<String> origins) {
        if (origins.isEmpty()) {
            return Optional.empty();
        }
        CorsHandler handler = CorsHandler.create()
                .allowedHeaders(ALLOWED)
                .exposedHeaders(EXPOSED)
                .allowedMethods(METHODS)
                .maxAgeSeconds(MAX_AGE_SECONDS);
        if (!origins.contains("*")) {
            handler.addOrigins(List.copyOf(origins));
        }
        return Optional.of(handler);
    }
}
