package dev.turnout.server.console;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;

/** What a browser must not do with what the console sends. */
final class Headers implements Handler<RoutingContext> {
    /** Nothing but our own files, and no script or style within a page. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Override
    public void handle(RoutingContext ctx) {
        ctx.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                // With none at all a browser would call the origin of a form null.
                .putHeader("Referrer-Policy", "same-origin")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Cache-Control", "no-store");
        ctx.next();
    }
}
