package dev.turnout.server.http;

import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Some endpoints that belong together. */
interface Resource {
    /** An answer that throws a {@link Refusal}, or fails with one, is refused in that way. */
    Map<Endpoint, Function<Call, Future<Answer>>> answers();

    /**
     * How the bodies of some endpoints are read, as their answers do it first: so that what a schema says against a body
     * and what only its reader knows are told at once. Throws a {@link Refusal}, and does nothing else.
     */
    default Map<Endpoint, Consumer<Call>> readings() {
        return Map.of();
    }
}
