package dev.turnout.server.http;

import dev.turnout.server.settings.Settings;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
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
    private final Settings.Listen listen;
    private final AtomicInteger connections;
    private final AtomicInteger listening;
    private HttpServer server;
    private Serving serving;

    /**
     * @param connections open now, counted over all instances
     * @param listening set to the port once there is one
     */
    @SuppressWarnings("NullAway.Init") // start() sets them
    public HttpServing(Faces faces, Settings.Listen listen, AtomicInteger connections, AtomicInteger listening) {
        this.faces = faces;
        this.listen = listen;
        this.connections = connections;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(LONGEST_URL)
                .setMaxHeaderSize(LONGEST_HEADERS)
                // Of one field: a spec that is pasted. Whoever takes forms bounds the whole.
                .setMaxFormAttributeSize(listen.limits().bodyBytes())
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setCompressionSupported(true)
                .setHandle100ContinueAutomatically(true);
        listen.tls().ifPresent(tls -> options.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(tls.certificate().toString())
                        .setKeyPath(tls.key().toString())));
        server = vertx.createHttpServer(options).connectionHandler(this::count);
        // -1 is Vert.x' free port that all instances share; with 0 each would have its own.
        serving = faces.serving(vertx);
        faces.listen(flags -> context.runOnContext(told -> serving.publish(flags)));
        return server.requestHandler(serving)
                .listen(listen.port() == 0 ? -1 : listen.port(), listen.host())
                .onSuccess(ready -> listening.set(ready.actualPort()));
    }

    /** One too many is closed with its first request. Vert.x tells of none that is silent; those end when idle. */
    private void count(HttpConnection connection) {
        int open = connections.incrementAndGet();
        connection.closeHandler(closed -> connections.decrementAndGet());
        if (open > listen.limits().connections()) {
            connection.close();
        }
    }

    @Override
    public Future<?> stop() {
        serving.close();
        return server.shutdown(FINISH_SECONDS, TimeUnit.SECONDS);
    }
}
