package dev.turnout.server.http;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a call came with, beside its body.
 *
 * @param line method, path and query
 * @param path a parameter of the path, by its name
 */
record Sent(String line, Function<String, String> path, MultiMap query, Function<String, Optional<String>> header) {
    static Sent of(RoutingContext ctx) {
        return new Sent(
                ctx.request().method() + " " + ctx.request().uri(),
                ctx::pathParam,
                ctx.queryParams(),
                name -> Optional.ofNullable(ctx.request().getHeader(name)));
    }
}
