package dev.turnout.server.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.turnout.flags.Bucket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Answers as a flag server would, at a weight that a test sets, and keeps the reports. */
final class FlagStub implements AutoCloseable {
    final List<JsonObject> reports = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private volatile int weight;
    private final AtomicLong version = new AtomicLong(1);

    FlagStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/ofrep/v1/evaluate/flags/", exchange -> {
            String patient = body(exchange).getJsonObject("context").getString("patientId");
            String side = Bucket.of(Operator.FLAG, patient) < weight ? "NEW" : "OLD";
            answer(
                    exchange,
                    new JsonObject()
                            .put("metadata", new JsonObject().put("side", side).put("version", version.get())));
        });
        server.createContext("/api/v1/outcomes", exchange -> {
            reports.add(body(exchange));
            answer(exchange, new JsonObject());
        });
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** @param percent of the patients on the new side from now on */
    void to(int percent) {
        weight = percent * 1000;
        version.incrementAndGet();
    }

    private static JsonObject body(HttpExchange exchange) throws IOException {
        return new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, JsonObject body) throws IOException {
        byte[] bytes = body.encode().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
