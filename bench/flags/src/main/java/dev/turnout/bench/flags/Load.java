package dev.turnout.bench.flags;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the same question over and over, on so many connections that are kept, the next when the last is answered. It speaks
 * HTTP itself, as little as it takes, because whatever it costs hides what the servers cost.
 */
final class Load implements AutoCloseable {
    /** Beyond the time of a round; an answer that comes later than this is lost. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    private final NetClient net;
    private final List<Lane> lanes = new ArrayList<>();

    /**
     * Connects.
     *
     * @param expected the HTTP status code that every answer must have
     */
    Load(Vertx vertx, URI server, String path, Map<String, String> headers, String body, int connections, int expected)
            throws IOException, InterruptedException {
        StringBuilder request =
                new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        request.append("Content-Length: ")
                .append(body.length())
                .append("\r\n\r\n")
                .append(body);
        net = vertx.createNetClient();
        for (int i = 0; i < connections; i++) {
            lanes.add(get(
                    net.connect(server.getPort(), server.getHost())
                            .map(socket -> new Lane(
                                    Vertx.currentContext(), socket, Buffer.buffer(request.toString()), expected)),
                    LONGEST_ANSWER));
        }
    }

    /**
     * @return answers per second
     * @throws IOException when an answer is another one than expected, or does not come
     */
    double run(Duration time) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        long end = begun + time.toNanos();
        List<Future<Long>> answers = lanes.stream().map(lane -> lane.ask(end)).toList();
        get(Future.all(answers), time.plus(LONGEST_ANSWER));
        long sum = answers.stream().mapToLong(Future::result).sum();
        return sum * 1e9 / (System.nanoTime() - begun);
    }

    private static <T> T get(Future<T> future, Duration longest) throws IOException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        net.close();
    }
}
