package dev.turnout.flags.client;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Talks to the server. Thread-safe; calls block for ten seconds at most. */
final class ServerLine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ClientSettings settings;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // a stream and its polls do not share a connection that may hang
            .connectTimeout(PATIENCE)
            .build();

    ServerLine(ClientSettings settings) {
        this.settings = settings;
    }

    /** The newest ruleset; empty when it is the one of this version. */
    Optional<String> ruleset(long version) throws IOException {
        HttpResponse<String> response = send(
                request("api/v1/ruleset")
                        .header("If-None-Match", "\"" + version + "\"")
                        .GET(),
                BodyHandlers.ofString());
        if (response.statusCode() == 304) {
            return Optional.empty();
        }
        check(response.statusCode(), "api/v1/ruleset");
        return Optional.of(response.body());
    }

    /** A stream of rulesets, beginning with the newest if it is not the one of this version. */
    InputStream stream(long version) throws IOException {
        HttpResponse<InputStream> response = send(
                request("api/v1/ruleset")
                        .header("Accept", "text/event-stream")
                        .header("Last-Event-ID", Long.toString(version))
                        .GET(),
                BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            response.body().close();
        }
        check(response.statusCode(), "api/v1/ruleset");
        return response.body();
    }

    /** @return the answer's body */
    String post(String path, String json) throws IOException {
        HttpResponse<String> response = send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json, StandardCharsets.UTF_8)),
                BodyHandlers.ofString());
        check(response.statusCode(), path);
        return response.body();
    }

    /** @param version that the change is based on */
    void patch(String path, Map<String, String> members, long version) throws IOException {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .header("If-Match", "\"" + version + "\"")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(members)));
        check(send(request, BodyHandlers.discarding()).statusCode(), path);
    }

    void delete(String path) throws IOException {
        check(send(request(path).DELETE(), BodyHandlers.discarding()).statusCode(), path);
    }

    private HttpRequest.Builder request(String path) {
        URI uri = settings.server().resolve(path);
        return HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + settings.token())
                .header("User-Agent", "turnout-client-java");
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) throws IOException {
        try {
            return http.send(request.build(), body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the client is closed");
        }
    }

    private static void check(int code, String path) throws Refused {
        if (code < 200 || code > 299) {
            throw new Refused(code, path);
        }
    }

    /** The server answered, but not with what was asked for. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int code;

        Refused(int code, String path) {
            super("the server answers " + path + " with " + code
                    + (code == 401 || code == 403 ? ": check the token and its roles" : ""));
            this.code = code;
        }

        int code() {
            return code;
        }

        /** Whether the same request would be refused again. */
        boolean forGood() {
            return code >= 400 && code < 500 && code != 401 && code != 403 && code != 408 && code != 429;
        }
    }
}
