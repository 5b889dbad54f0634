package dev.turnout.server.demo;

import dev.turnout.flags.Bucket;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;

/**
 * The application's line to the flag server: asks by OFREP, one question per patient, and reports outcomes. Plain HTTP, as
 * an application in any language would. Thread-safe; calls block for two seconds at most.
 */
final class FlagClient {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final URI server;
    private final String token;
    private final String flag;

    /** @param server ends with a slash */
    FlagClient(URI server, String token, String flag) {
        this.server = server;
        this.token = token;
        this.flag = flag;
    }

    /** @param version of the flag set that gave the answer */
    record Answer(Arm arm, long version, int bucket) {}

    /** @throws IOException when there is no answer that can be used */
    Answer ask(String patient) throws IOException, InterruptedException {
        JsonObject context = new JsonObject().put("targetingKey", patient).put("patientId", patient);
        JsonObject answer = post("ofrep/v1/evaluate/flags/" + flag, new JsonObject().put("context", context));
        JsonObject metadata = answer.getJsonObject("metadata", new JsonObject());
        Long version = metadata.getLong("version");
        String side = metadata.getString("side");
        if (version == null || side == null) {
            throw new IOException("an answer without version and side: " + answer.encode());
        }
        return new Answer(Arm.valueOf(side), version, Bucket.of(flag, patient));
    }

    /** Sends one report; sending it again under the same number is harmless. */
    void report(String reporter, long seq, long version, Map<Arm, Outcomes.Tally> arms)
            throws IOException, InterruptedException {
        JsonObject sides = new JsonObject();
        arms.forEach((arm, tally) -> sides.put(
                arm.name(),
                new JsonObject()
                        .put("calls", tally.calls)
                        .put("failures", tally.failures)
                        .put("mismatches", tally.mismatches)
                        .put("exposed", buckets(tally.exposed))
                        .put("failed", buckets(tally.failed))
                        .put("mismatched", buckets(tally.mismatched))));
        post(
                "api/v1/outcomes",
                new JsonObject()
                        .put("flag", flag)
                        .put("reporter", reporter)
                        .put("seq", seq)
                        .put("version", version)
                        .put("arms", sides));
    }

    private static JsonArray buckets(BitSet units) {
        JsonArray array = new JsonArray();
        units.stream().forEach(array::add);
        return array;
    }

    private JsonObject post(String path, JsonObject body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
        }
        try {
            return response.body().isBlank() ? new JsonObject() : new JsonObject(response.body());
        } catch (DecodeException e) {
            throw new IOException(path + " answered no JSON", e);
        }
    }
}
