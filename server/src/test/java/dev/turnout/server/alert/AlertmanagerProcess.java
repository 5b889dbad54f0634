package dev.turnout.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real Alertmanager of its own process, which knows no other. */
final class AlertmanagerProcess implements AutoCloseable {
    private final Process process;
    private final URI uri;
    private final HttpClient http = HttpClient.newHttpClient();

    private AlertmanagerProcess(Process process, URI uri) {
        this.process = process;
        this.uri = uri;
    }

    /** By -Dturnout.test.alertmanager=FILE, or on the PATH: upstream's name, or Debian's. */
    static Optional<Path> binary() {
        String given = System.getProperty("turnout.test.alertmanager", "");
        if (!given.isEmpty()) {
            return Optional.of(Path.of(given));
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder ->
                        Stream.of("prometheus-alertmanager", "alertmanager").map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static AlertmanagerProcess start(Path binary, Path directory, String configuration) throws IOException {
        Path config = Files.writeString(directory.resolve("alertmanager.yml"), configuration);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process process = new ProcessBuilder(
                        binary.toString(),
                        "--config.file=" + config,
                        "--storage.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address=")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        AlertmanagerProcess started = new AlertmanagerProcess(process, URI.create("http://127.0.0.1:" + port));
        Awaitility.await()
                .failFast("Alertmanager ended, see " + directory.resolve("log"), () -> !process.isAlive())
                .ignoreExceptions()
                .until(() -> started.call("GET", "/-/ready", "").statusCode() == 200);
        return started;
    }

    /** As Prometheus sends alerts. */
    void fire(String alerts) throws IOException, InterruptedException {
        HttpResponse<String> response = call("POST", "/api/v2/alerts", alerts);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private HttpResponse<String> call(String method, String path, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri.resolve(path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(late -> process.destroyForcibly())
                .join();
    }
}
