package dev.turnout.worker.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Prometheus, or what answers like one, asked by its HTTP API. Thread-safe; every call blocks. */
public final class Prometheus {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final PrometheusSettings settings;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();

    public Prometheus(PrometheusSettings settings) {
        this.settings = settings;
    }

    /** @param value as it was sent: a decimal number, {@code NaN}, {@code +Inf} or {@code -Inf} */
    record Sample(Map<String, String> labels, String value) {}

    /**
     * An instant query.
     *
     * @param at the moment that it is evaluated for
     * @param limit real time for the whole answer
     * @return the samples of a vector, or the one of a scalar
     * @throws HttpTimeoutException when it takes longer
     * @throws IOException when it cannot be reached, refuses, warns that data is missing, or is no Prometheus
     */
    List<Sample> query(String promql, Instant at, Duration limit) throws IOException {
        String form = "query=" + encoded(promql) + "&time=" + BigDecimal.valueOf(at.toEpochMilli(), 3) + "&timeout="
                + Math.max(1, limit.toMillis()) + "ms";
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url().resolve("api/v1/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        settings.authorization().ifPresent(value -> request.header("Authorization", value));
        HttpResponse<byte[]> response = exchange(request.build(), limit);
        JsonNode answer = parse(response);
        if (!answer.path("status").asText().equals("success")) {
            throw new IOException("Prometheus " + settings.where() + " refuses: "
                    + answer.path("error").asText("status " + response.statusCode()));
        }
        JsonNode warnings = answer.path("warnings");
        if (warnings.isArray() && !warnings.isEmpty()) {
            throw new IOException("Prometheus " + settings.where() + " warns: "
                    + warnings.path(0).asText());
        }
        return samples(answer.path("data"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The limit holds for the body as well, which HttpRequest's own timeout does not. */
    private HttpResponse<byte[]> exchange(HttpRequest request, Duration limit) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request, head -> new LimitedBody(LimitedBody.MOST));
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException(
                    "Prometheus " + settings.where() + " took longer than " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            throw new IOException("Prometheus " + settings.where() + " does not answer: " + words, cause);
        }
    }

    private JsonNode parse(HttpResponse<byte[]> response) throws IOException {
        try {
            JsonNode answer = JSON.readTree(response.body());
            if (answer.has("status")) {
                return answer;
            }
        } catch (JsonProcessingException e) {
            // The message below says what is expected.
        }
        throw new IOException(
                "what answers as Prometheus " + settings.where() + " is none: status " + response.statusCode());
    }

    private List<Sample> samples(JsonNode data) throws IOException {
        String type = data.path("resultType").asText();
        JsonNode result = data.path("result");
        if (type.equals("scalar")) {
            return List.of(new Sample(Map.of(), result.path(1).asText()));
        }
        if (!type.equals("vector")) {
            throw new IOException("the query gives a " + type + ", not a vector or a scalar");
        }
        List<Sample> samples = new ArrayList<>();
        for (JsonNode each : result) {
            Map<String, String> labels = new LinkedHashMap<>();
            each.path("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            samples.add(new Sample(labels, each.path("value").path(1).asText()));
        }
        return samples;
    }
}
