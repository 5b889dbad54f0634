package dev.turnout.bench.flags;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Evaluation over HTTP beside a bare Vert.x server that returns the same bytes: one flag, all flags, all flags unchanged
 * (304); by number of flags and of clients. Rounds by turns, so that what else the machine does hits both.
 */
final class ServedBench {
    private static final String ONE = "/ofrep/v1/evaluate/flags/flag-0";
    private static final String ALL = "/ofrep/v1/evaluate/flags";
    private static final String BODY =
            "{\"context\":{\"targetingKey\":\"user-42\",\"email\":\"user@example.com\",\"country\":\"KR\"}}";

    private static final Duration WARM_UP = Duration.ofSeconds(6);

    private final PrintStream out;
    private final Duration round;
    private final int rounds;

    private ServedBench(PrintStream out, Duration round, int rounds) {
        this.out = out;
        this.round = round;
        this.rounds = rounds;
    }

    /** Arguments: the jar of the server, seconds of a round, rounds. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path jar = Path.of(args[0]);
        Duration round = Duration.ofMillis((long) (1000 * Double.parseDouble(args[1])));
        new ServedBench(out, round, Integer.parseInt(args[2])).run(jar);
    }

    private void run(Path jar) throws Exception {
        out.printf(
                "%d cores, %s, JDK %s; load average at the start %.1f; client and server share the cores%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("java.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        Path data = Files.createTempDirectory("turnout-bench");
        Vertx vertx = Vertx.vertx();
        try (Running turnout = Running.turnout(jar, data)) {
            Admin admin = new Admin(turnout.uri(), data);
            admin.flags(0, 10);
            measure(vertx, turnout.uri(), admin, data, "one of 10 flags", ONE, 32, false);
            admin.flags(10, 50);
            measure(vertx, turnout.uri(), admin, data, "all of 50 flags", ALL, 32, false);
            measure(vertx, turnout.uri(), admin, data, "all of 50 flags, unchanged (304)", ALL, 32, true);
            measure(vertx, turnout.uri(), admin, data, "one of 50 flags, 4 clients", ONE, 4, false);
            measure(vertx, turnout.uri(), admin, data, "one of 50 flags, 256 clients", ONE, 256, false);
            admin.flags(50, 1_000);
            measure(vertx, turnout.uri(), admin, data, "one of 1000 flags", ONE, 32, false);
            measure(vertx, turnout.uri(), admin, data, "all of 1000 flags", ALL, 32, false);
            measure(vertx, turnout.uri(), admin, data, "all of 1000 flags, unchanged (304)", ALL, 32, true);
            admin.flags(1_000, 10_000);
            measure(vertx, turnout.uri(), admin, data, "one of 10000 flags", ONE, 32, false);
            measure(vertx, turnout.uri(), admin, data, "all of 10000 flags, unchanged (304)", ALL, 32, true);
        } finally {
            vertx.close();
        }
    }

    private void measure(
            Vertx vertx, URI turnout, Admin admin, Path data, String what, String path, int clients, boolean unchanged)
            throws Exception {
        HttpResponse<String> sample = admin.send("POST", path, BODY);
        String etag = sample.headers().firstValue("ETag").orElse("");
        Path body = Files.writeString(Files.createTempFile(data, "body", ".json"), sample.body());
        Map<String, String> headers = unchanged
                ? Map.of(
                        "Authorization",
                        admin.authorization(),
                        "Content-Type",
                        "application/json",
                        "If-None-Match",
                        etag)
                : Map.of("Authorization", admin.authorization(), "Content-Type", "application/json");
        int code = unchanged ? 304 : 200;
        try (Running bare = Running.bare(data, body, etag);
                Load ours = new Load(vertx, turnout, path, headers, BODY, clients, code);
                Load theirs = new Load(vertx, bare.uri(), path, headers, BODY, clients, code)) {
            // Each process of the baseline is new and has to be compiled first.
            theirs.run(WARM_UP);
            ours.run(WARM_UP);
            List<Double> ratios = new ArrayList<>();
            double best = 0;
            for (int i = 0; i < rounds; i++) {
                double with = ours.run(round);
                double without = theirs.run(round);
                best = Math.max(best, with);
                ratios.add(with / without);
            }
            ratios.sort(Double::compare);
            out.printf(
                    "%-40s %9.0f answers/s at best; ratio to bare Vert.x: median %.2f (%.2f to %.2f in %d rounds)%n",
                    what, best, ratios.get((rounds - 1) / 2), ratios.get(0), ratios.get(rounds - 1), rounds);
        } catch (IOException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }
}
