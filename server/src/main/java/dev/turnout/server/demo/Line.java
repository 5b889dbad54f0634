package dev.turnout.server.demo;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** JSON over HTTP to one server, as anybody outside would speak to it. Thread-safe; every call blocks. */
final class Line {
    private final HttpClient http;
    private final URI server;
    private final String token;
    private final Duration patience;

    /**
     * @param server ends with a slash
     * @param patience for each call, real time
     */
    Line(URI server, String token, Duration patience) {
        this.server = server;
        this.token = token;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    /** The server understood and said no. */
    static final class Refused extends IOException {
        private final int code;

        Refused(int code, String message) {
            super(message);
            this.code = code;
        }

        boolean notFound() {
            return code == 404;
        }
    }

    JsonObject get(String path) throws IOException, InterruptedException {
        return send(path, request(path).GET());
    }

    JsonObject post(String path, JsonObject body) throws IOException, InterruptedException {
        return send(path, request(path).POST(HttpRequest.BodyPublishers.ofString(body.encode())));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path))
                .timeout(patience)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json");
    }

    private JsonObject send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new Refused(
                    response.statusCode(), path + " answered " + response.statusCode() + ": " + response.body());
        }
        try {
            return response.body().isBlank() ? new JsonObject() : new JsonObject(response.body());
        } catch (DecodeException e) {
            throw new IOException(path + " answered no JSON", e);
        }
    }
}
