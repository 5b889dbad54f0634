package dev.turnout.server.console;

import dev.turnout.server.control.Caller;
import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One request by somebody who is logged in. Used on its event loop only.
 *
 * @param now business time
 */
record Visit(RoutingContext ctx, Session session, Caller caller, Inside inside, Instant now) {
    Future<Doc> ask(Inside.Ask ask) {
        return inside.ask(ctx.request(), caller, ask)
                .map(told -> new Doc(told.document(), told.tag().orElse("")));
    }

    Future<Doc> ask(Endpoint endpoint) {
        return ask(Inside.Ask.of(endpoint));
    }

    String path(String name) {
        return ctx.pathParam(name);
    }

    Optional<String> query(String name) {
        List<String> values = ctx.queryParam(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0)).filter(text -> !text.isBlank());
    }

    /** Of the form that was sent; empty where it has no such field. */
    String form(String name) {
        return Filled.text(ctx.request().formAttributes(), name);
    }
}
