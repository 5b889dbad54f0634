package dev.turnout.bench.flags;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Makes and moves the flags that are asked for. */
final class Admin {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private final String token;

    Admin(URI server, Path data) throws IOException {
        this.server = server;
        this.token = Files.readString(data.resolve("admin-token")).strip();
    }

    String authorization() {
        return "Bearer " + token;
    }

    /** Flags {@code flag-0}, {@code flag-1}, … at 25 %. */
    void flags(int from, int to) throws IOException, InterruptedException {
        for (int i = from; i < to; i++) {
            send("PUT", "/api/v1/flags/flag-" + i, "{\"weight\":\"25%\"}");
        }
        String version = send("GET", "/api/v1/flags/flag-" + (to - 1), "")
                .headers()
                .firstValue("ETag")
                .orElseThrow()
                .replace("\"", "");
        while (Long.parseLong(send("GET", "/api/v1/ruleset", "")
                        .headers()
                        .firstValue("ETag")
                        .orElseThrow()
                        .replace("\"", ""))
                < Long.parseLong(version)) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", authorization())
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(method + " " + path + " answers " + response.statusCode() + ": " + response.body());
        }
        return response;
    }
}
