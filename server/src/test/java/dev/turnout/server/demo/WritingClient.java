package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Side;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * An application that leaves its writes to Turnout: to rows of its own, in order, and now and then to one row that all
 * share. It repeats itself, at once and much later. For one thread.
 */
final class WritingClient {
    static final long SHARED = 10_000_000;
    static final String GONE = "gone";
    private static final int ROWS = 5;
    private static final String[] SERVICES = {"WRINKLE_BOTOX", "VOLUME_FILLER", "SKIN_LASER", "LIFTING"};
    private static final String[] PERIODS = {"MORNING", "AFTERNOON", "EVENING"};

    private final int number;
    private final Random random;
    private final URI writes;
    private final String token;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> sent = new LinkedHashMap<>();
    /** By row, what a look at its changes must show: the key of each upsert, and {@link #GONE}. */
    final Map<Long, List<String>> expected = new LinkedHashMap<>();

    WritingClient(int number, URI server, String token) {
        this.number = number;
        this.random = new Random(number);
        this.writes = server.resolve("api/v1/migrations/" + Operator.MIGRATION + "/writes");
        this.token = token;
    }

    void write(int count, Side side) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            String key = "client-" + number + "/" + sent.size();
            long row = random.nextInt(20) == 0 ? SHARED : SHARED + 100L * (number + 1) + random.nextInt(ROWS);
            boolean delete = row != SHARED && random.nextInt(6) == 0;
            JsonObject body = new JsonObject()
                    .put("side", side)
                    .put("move", "reservations")
                    .put("op", delete ? "DELETE" : "UPSERT")
                    .put("key", new JsonObject().put("id", row));
            List<String> changes = expected.computeIfAbsent(row, absent -> new ArrayList<>());
            if (!delete) {
                body.put("values", values(side, key));
                changes.add(key);
            } else if (!changes.isEmpty() && !changes.get(changes.size() - 1).equals(GONE)) {
                changes.add(GONE);
            }
            sent.put(key, body.encode());
            post(key);
            while (random.nextInt(3) == 0) {
                List<String> keys = List.copyOf(sent.keySet());
                post(random.nextBoolean() ? key : keys.get(random.nextInt(keys.size())));
            }
        }
    }

    private JsonObject values(Side side, String key) {
        JsonObject values = new JsonObject()
                .put("patientId", "P" + number)
                .put("patient_name", "김환자")
                .put("phone", "010-1")
                .put("birth_date", "1990-01-01")
                .put("gender", "F")
                .put("treatment_type", "FIRST_VISIT")
                .put("preferredDate", "2026-01-06")
                .put("notes", key);
        int service = random.nextInt(SERVICES.length);
        return side == Side.OLD
                ? values.put("service", SERVICES[service]).put("preferredTime", (9 + random.nextInt(10)) + ":30")
                : values.put("serviceId", service + 1).put("period", PERIODS[random.nextInt(PERIODS.length)]);
    }

    private void post(String key) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(writes)
                .header("Authorization", "Bearer " + token)
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(sent.get(key)));
        if (random.nextInt(20) == 0) {
            request.header("Prefer", "wait=1");
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 202);
    }

    int sent() {
        return sent.size();
    }
}
