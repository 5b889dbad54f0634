package dev.turnout.server.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /ofrep/v1/events}: tells who may evaluate that the flags changed. Used on one event loop. */
final class OfrepEvents implements Handler<RoutingContext> {
    /**
     * No version of ours, so that the client's next evaluation is answered in full and brings a new ticket: a stream that
     * a client opens with an expired one, perhaps after a month of no change, does only that.
     */
    private static final Buffer RENEW = Buffer.buffer("event: message\ndata: "
            + new JsonObject()
                    .put("type", "refetchEvaluation")
                    .put("etag", "\"renew\"")
                    .encode()
            + "\n\n");

    private final StreamTickets tickets;
    private final Streams streams;
    private final Events events;

    OfrepEvents(StreamTickets tickets, Streams streams, Events events) {
        this.tickets = tickets;
        this.streams = streams;
        this.events = events;
    }

    @Override
    public void handle(RoutingContext ctx) {
        List<String> shown = ctx.queryParam("ticket");
        HttpServerResponse response = ctx.response();
        switch (tickets.check(shown.isEmpty() ? "" : shown.get(0))) {
            case GOOD -> streams.open(response, events, lastEvent(ctx.request().getHeader("Last-Event-ID")));
            case EXPIRED -> {
                Streams.begin(response);
                response.write(Streams.greeting());
                response.end(RENEW);
            }
        }
    }

    /** Whoever opens a stream has just evaluated, unless it says what it saw last. */
    private long lastEvent(@Nullable String id) {
        return id == null ? streams.newest() : RulesetResource.version(id);
    }
}
