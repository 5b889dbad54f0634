package dev.turnout.bench.flags;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The baseline: Vert.x that reads a request's body and returns the same bytes with the same headers each time, on as many
 * event loops as Turnout has. Arguments: a file with the body, an ETag that is answered with 304 when it is shown.
 */
final class BareServer extends VerticleBase {
    private final Buffer body;
    private final String etag;
    private final AtomicInteger port;

    private BareServer(Buffer body, String etag, AtomicInteger port) {
        this.body = body;
        this.etag = etag;
        this.port = port;
    }

    public static void main(String[] args) throws Exception {
        Buffer body = Buffer.buffer(Files.readAllBytes(Path.of(args[0])));
        AtomicInteger port = new AtomicInteger();
        Vertx vertx = Vertx.vertx();
        DeploymentOptions loops =
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
        vertx.deployVerticle(() -> new BareServer(body, args[1], port), loops)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        System.out.println("listening on http://127.0.0.1:" + port.get());
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(new HttpServerOptions().setCompressionSupported(true))
                .requestHandler(request -> request.body().onSuccess(read -> {
                    String shown = request.getHeader("If-None-Match");
                    var response = request.response().putHeader("Cache-Control", "no-store");
                    if (!etag.isEmpty()) {
                        response.putHeader("ETag", etag);
                    }
                    if (!etag.isEmpty() && etag.equals(shown)) {
                        response.setStatusCode(304).end();
                    } else {
                        response.putHeader("Content-Type", "application/json").end(body);
                    }
                }))
                .listen(-1, "127.0.0.1")
                .onSuccess(ready -> port.set(ready.actualPort()));
    }
}
