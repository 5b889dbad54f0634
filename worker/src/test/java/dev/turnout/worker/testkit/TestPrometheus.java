package dev.turnout.worker.testkit;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.turnout.worker.monitor.PrometheusSettings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Prometheus of one test, that looks every 200 ms at what the test says an application's metrics are. It is Debian's
 * package {@code prometheus}, or the file that {@code -Dturnout.test.prometheus=} names; without either its tests are skipped.
 */
public final class TestPrometheus implements AutoCloseable {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final HttpServer application;
    private final Process process;
    private final URI url;
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile String metrics = "";

    private TestPrometheus(HttpServer application, Process process, int port) {
        this.application = application;
        this.process = process;
        this.url = URI.create("http://127.0.0.1:" + port);
    }

    public static TestPrometheus start(Path directory) throws IOException {
        Optional<Path> binary = binary();
        Assumptions.assumeTrue(
                binary.isPresent(),
                "SKIPPED: there is no prometheus on the PATH; install Debian's package 'prometheus', or name the file with"
                        + " -Dturnout.test.prometheus=");
        InetAddress here = InetAddress.getLoopbackAddress();
        HttpServer application = HttpServer.create(new InetSocketAddress(here, 0), 0);
        int port = freePort();
        Path config = directory.resolve("prometheus.yml");
        Files.writeString(config, """
                global: { scrape_interval: 200ms, scrape_timeout: 200ms }
                scrape_configs:
                  - job_name: application
                    static_configs: [ { targets: [ '127.0.0.1:%d' ] } ]
                """.formatted(application.getAddress().getPort()));
        Process process = new ProcessBuilder(
                        binary.get().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        TestPrometheus prometheus = new TestPrometheus(application, process, port);
        application.createContext("/metrics", exchange -> {
            byte[] body = prometheus.metrics.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        application.start();
        await().ignoreExceptions().until(() -> prometheus.get("/-/ready").statusCode() == 200);
        return prometheus;
    }

    private static Optional<Path> binary() {
        String given = System.getProperty("turnout.test.prometheus", "");
        Stream<Path> places = given.isEmpty()
                ? Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, "prometheus"))
                : Stream.of(Path.of(given));
        return places.filter(Files::isExecutable).findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public PrometheusSettings settings() {
        return PrometheusSettings.of("prometheus", url.toString(), "", "", "", "the test kit");
    }

    /** Says what the application shows from now on, and waits until it was looked at. */
    public void shows(String text) {
        metrics = text.stripIndent().strip() + "\nshown " + text.hashCode() + "\n";
        await().until(() -> get("/api/v1/query?query=shown").body().contains("\"" + text.hashCode() + "\""));
    }

    private HttpResponse<String> get(String path) {
        try {
            return client.send(
                    HttpRequest.newBuilder(url.resolve(path)).timeout(LONG).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** It is gone, as after a crash. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        application.stop(0);
    }
}
