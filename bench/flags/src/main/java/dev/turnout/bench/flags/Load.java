package dev.turnout.bench.flags;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** Asks the same question over and over, on so many connections that are kept, the next when the last is answered. */
final class Load implements AutoCloseable {
    private final HttpClient http;
    private final RequestOptions request;
    private final Buffer body;
    private final int connections;
    private final int expected;

    /** @param expected the HTTP status code that every answer must have */
    Load(
            Vertx vertx,
            URI server,
            String path,
            Map<String, String> headers,
            String body,
            int connections,
            int expected) {
        this.http = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(connections));
        this.request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(server.getHost())
                .setPort(server.getPort())
                .setURI(path);
        headers.forEach(request::putHeader);
        this.body = Buffer.buffer(body);
        this.connections = connections;
        this.expected = expected;
    }

    /** @return answers per second */
    double run(Duration time) throws InterruptedException, ExecutionException {
        long begun = System.nanoTime();
        long end = begun + time.toNanos();
        AtomicLong answers = new AtomicLong();
        List<Future<Void>> lanes = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Promise<Void> lane = Promise.promise();
            ask(end, answers, lane);
            lanes.add(lane.future());
        }
        Future.all(lanes).toCompletionStage().toCompletableFuture().get();
        return answers.get() * 1e9 / (System.nanoTime() - begun);
    }

    private void ask(long end, AtomicLong answers, Promise<Void> lane) {
        http.request(request)
                .compose(asked -> asked.send(body))
                .compose(response -> response.statusCode() == expected
                        ? response.body()
                        : Future.failedFuture("answered " + response.statusCode()))
                .onFailure(lane::fail)
                .onSuccess(read -> {
                    answers.incrementAndGet();
                    if (System.nanoTime() - end >= 0) {
                        lane.complete();
                    } else {
                        ask(end, answers, lane);
                    }
                });
    }

    @Override
    public void close() {
        http.close();
    }
}
