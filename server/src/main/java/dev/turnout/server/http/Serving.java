package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;

/** What one event loop answers. Used on it only. */
final class Serving implements Handler<HttpServerRequest> {
    private final OfrepFace ofrep;
    private final Router router;
    private final Streams streams;

    Serving(OfrepFace ofrep, Router router, Streams streams) {
        this.ofrep = ofrep;
        this.router = router;
        this.streams = streams;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (OfrepFace.direct(request)) {
            ofrep.handle(request);
        } else {
            router.handle(request);
        }
    }

    void publish(FlagSet flags) {
        streams.publish(flags);
    }

    void close() {
        streams.close();
    }
}
