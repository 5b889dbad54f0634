package dev.turnout.server.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Listens for HTTP; several instances share the port, one event loop each. */
public final class HttpServing extends VerticleBase {
    private static final int LONGEST_URL = 8 * 1024;
    private static final int LONGEST_HEADERS = 16 * 1024;
    private static final int IDLE_SECONDS = 60;
    /** What is under way may finish; below what an operator waits for after Ctrl-C. */
    private static final long FINISH_SECONDS = 1;

    private final Faces faces;
    private final String host;
    private final int port;
    private final AtomicInteger listening;
    private HttpServer server;
    private Serving serving;

    /**
     * @param port 0 takes a free one
     * @param listening set to the port once there is one
     */
    @SuppressWarnings("NullAway.Init") // start() sets them
    public HttpServing(Faces faces, String host, int port, AtomicInteger listening) {
        this.faces = faces;
        this.host = host;
        this.port = port;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        server = vertx.createHttpServer(new HttpServerOptions()
                .setMaxInitialLineLength(LONGEST_URL)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setCompressionSupported(true)
                .setHandle100ContinueAutomatically(true));
        // -1 is Vert.x' free port that all instances share; with 0 each would have its own.
        serving = faces.serving(vertx);
        faces.listen(flags -> context.runOnContext(told -> serving.publish(flags)));
        return server.requestHandler(serving)
                .listen(port == 0 ? -1 : port, host)
                .onSuccess(ready -> listening.set(ready.actualPort()));
    }

    @Override
    public Future<?> stop() {
        serving.close();
        return server.shutdown(FINISH_SECONDS, TimeUnit.SECONDS);
    }
}
