package dev.turnout.server.http;

import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Function;

/** Some endpoints that belong together. */
interface Resource {
    /** An answer that throws a {@link Refusal}, or fails with one, is refused in that way. */
    Map<Endpoint, Function<Call, Future<Answer>>> answers();
}
