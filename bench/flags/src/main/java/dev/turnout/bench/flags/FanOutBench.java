package dev.turnout.bench.flags;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.parsetools.RecordParser;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From the request that changes a flag to each of many clients that hold a stream: the whole way through the control
 * database, its notification, the snapshot and the network of this machine.
 */
final class FanOutBench {
    private static final int CHANGES = 30;

    private final PrintStream out;
    private final Vertx vertx = Vertx.vertx();

    /** By version: who waits for it. */
    private final ConcurrentMap<String, Awaited> awaited = new ConcurrentHashMap<>();

    private record Awaited(CountDownLatch missing, ConcurrentLinkedQueue<Long> arrivals) {}

    private FanOutBench(PrintStream out) {
        this.out = out;
    }

    /** Arguments: the jar of the server, then numbers of clients. */
    public static void main(String[] args) throws Exception {
        FanOutBench bench = new FanOutBench(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        bench.out.printf(
                "%d cores, JDK %s; load average at the start %.1f; clients and server share the cores%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        Path data = Files.createTempDirectory("turnout-bench");
        try (Running turnout = Running.turnout(Path.of(args[0]), data)) {
            Admin admin = new Admin(turnout.uri(), data);
            admin.flags(0, 10);
            for (String clients : Arrays.copyOfRange(args, 1, args.length)) {
                bench.run(turnout.uri(), admin, Integer.parseInt(clients));
            }
        } finally {
            bench.vertx.close();
        }
    }

    private void run(URI server, Admin admin, int clients) throws Exception {
        HttpClient http = vertx.createHttpClient(
                new HttpClientOptions(),
                new PoolOptions().setHttp1MaxSize(clients).setMaxWaitQueueSize(clients));
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(server.getHost())
                .setPort(server.getPort())
                .setURI("/api/v1/ruleset")
                .putHeader("Authorization", admin.authorization())
                .putHeader("Accept", "text/event-stream");
        List<Future<Void>> open = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            open.add(http.request(request).compose(asked -> asked.send()).map(response -> {
                response.handler(RecordParser.newDelimited("\n", this::line));
                response.exceptionHandler(gone -> {});
                return null;
            }));
        }
        Future.all(open).toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            all.addAll(change(admin, clients, i));
        }
        all.sort(Long::compare);
        out.printf(
                "%5d clients: from the change to a client's new rules: median %.1f ms, p99 %.1f ms, worst %.1f ms"
                        + " (%d changes)%n",
                clients, millis(all, 0.5), millis(all, 0.99), millis(all, 1), CHANGES);
        http.close();
    }

    private List<Long> change(Admin admin, int clients, int number) throws Exception {
        long next = Long.parseLong(admin.send("GET", "/api/v1/ruleset", "")
                        .headers()
                        .firstValue("ETag")
                        .orElseThrow()
                        .replace("\"", ""))
                + 1;
        Awaited waiting = new Awaited(new CountDownLatch(clients), new ConcurrentLinkedQueue<>());
        awaited.put("id: " + next, waiting);
        long begun = System.nanoTime();
        admin.send("PATCH", "/api/v1/flags/flag-0", "{\"weight\":\"" + (1 + number % 90) + "%\"}");
        if (!waiting.missing().await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(waiting.missing().getCount() + " clients never heard of version " + next);
        }
        awaited.remove("id: " + next);
        return waiting.arrivals().stream().map(arrival -> arrival - begun).toList();
    }

    private void line(Buffer line) {
        if (line.length() > 4 && line.getByte(0) == 'i') {
            long now = System.nanoTime();
            Awaited waiting = awaited.get(line.toString());
            if (waiting != null) {
                waiting.arrivals().add(now);
                waiting.missing().countDown();
            }
        }
    }

    private static double millis(List<Long> sorted, double quantile) {
        int at = (int) Math.ceil(quantile * sorted.size()) - 1;
        return sorted.get(Math.max(at, 0)) / 1e6;
    }
}
