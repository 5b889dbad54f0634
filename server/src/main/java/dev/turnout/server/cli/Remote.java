package dev.turnout.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** A running server, spoken to over HTTP; every call blocks. */
final class Remote {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String REASON = "X-Turnout-Reason";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI server;
    private final String token;
    private final HttpClient client;

    /** @param authority who is trusted; empty: whom the system trusts */
    Remote(URI server, String token, Optional<SSLContext> authority) {
        this.server = server;
        this.token = token;
        HttpClient.Builder http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
        this.client = authority.map(http::sslContext).orElse(http).build();
    }

    URI server() {
        return server;
    }

    /** @param version of the ETag; empty when there is none */
    record Reply(JsonNode body, Optional<String> version) {}

    Reply get(String path) {
        return send(request(path).GET());
    }

    /** Every page of a list as one answer. */
    JsonNode all(String path, String list) {
        JsonNode first = get(path + "?limit=1000").body();
        if (!(first instanceof ObjectNode all) || !(first.path(list) instanceof ArrayNode entries)) {
            return first;
        }
        JsonNode page = first;
        while (page.hasNonNull("next")) {
            String cursor = URLEncoder.encode(page.path("next").asText(), StandardCharsets.UTF_8);
            page = get(path + "?limit=1000&cursor=" + cursor).body();
            page.path(list).forEach(entries::add);
        }
        all.remove("next");
        return all;
    }

    Reply post(String path, Object body) {
        return send(request(path).POST(json(body)));
    }

    Reply send(String method, String path, Object body, Map<String, String> headers) {
        HttpRequest.Builder request = request(path).method(method, json(body));
        headers.forEach(request::header);
        return send(request);
    }

    Reply delete(String path, String reason) {
        return send(request(path).header(REASON, header(reason)).DELETE());
    }

    Reply yaml(String path, String body, String reason) {
        return send(request(path)
                .setHeader("Content-Type", "application/yaml")
                .header(REASON, header(reason))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** A header has no line breaks and no other letters than ASCII's: the rest as RFC 8187 writes it. */
    private static String header(String text) {
        return text.matches("[ -~]*") ? text : "UTF-8''" + encoded(text);
    }

    /** A path of segments, each encoded. */
    static String path(String first, String... segments) {
        StringBuilder path = new StringBuilder(first);
        for (String segment : segments) {
            path.append('/').append(encoded(segment));
        }
        return path.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json");
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.BodyPublisher json(Object body) {
        try {
            return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not writable as JSON", e);
        }
    }

    /** What is no JSON. */
    String text(String path, String type) {
        HttpResponse<byte[]> response =
                exchange(request(path).setHeader("Accept", type).GET());
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private Reply send(HttpRequest.Builder request) {
        HttpResponse<byte[]> response = exchange(request);
        return new Reply(
                parse(response.body()), response.headers().firstValue("ETag").map(tag -> tag.replace("\"", "")));
    }

    private HttpResponse<byte[]> exchange(HttpRequest.Builder request) {
        HttpResponse<byte[]> response;
        try {
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (SSLException e) {
            throw CommandFailed.badInput(
                    "the connection to " + server + " is not to be trusted: " + e.getMessage()
                            + " (a certificate of your own: name the PEM file of who signed it with --ca-file, TURNOUT_CA_FILE)");
        } catch (IOException e) {
            throw CommandFailed.unreachable("no Turnout answers at " + server
                    + ": start one with 'turnout serve', or name another with --server (TURNOUT_SERVER)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.refused("interrupted");
        }
        if (response.statusCode() >= 400) {
            throw Refusals.of(
                    response.statusCode(),
                    parse(response.body()),
                    response.request().uri());
        }
        return response;
    }

    private JsonNode parse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw CommandFailed.badInput("what answers at " + server + " is no Turnout server (--server)");
        }
    }
}
