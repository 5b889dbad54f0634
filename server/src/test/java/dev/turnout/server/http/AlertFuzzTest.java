package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Role;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is sent as alerts: it is answered, never by an error of the server, and moves nothing that it does not name. */
class AlertFuzzTest {
    private static final Object[] ODD = {
        "",
        "x",
        "\u0000",
        "\ud800",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59+18:00",
        "firing",
        "resolved",
        "${labels.flag}",
        "*",
        "' OR 1=1 --",
        -1,
        0,
        1,
        1e308,
        Long.MAX_VALUE,
        true,
        false,
        "x".repeat(5000),
        new JsonObject(),
        new JsonArray(),
        new JsonObject().put("flag", "*"),
        new JsonArray().add(1).addNull(),
    };

    private static ServerFixture server;
    private static String token;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        token = server.token(Role.ALERT);
        server.call("PUT", "/api/v1/flags/safe", "{\"weight\":\"25%\"}");
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static JsonObject payload() {
        return new JsonObject()
                .put("version", "4")
                .put("status", "firing")
                .put("truncatedAlerts", 1)
                .put("groupLabels", new JsonObject().put("severity", "critical"))
                .put("commonLabels", new JsonObject().put("flag", "other"))
                .put(
                        "alerts",
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("status", "firing")
                                        .put(
                                                "labels",
                                                new JsonObject()
                                                        .put("alertname", "A")
                                                        .put("flag", "other")
                                                        .put("severity", "critical"))
                                        .put("annotations", new JsonObject().put("summary", "s"))
                                        .put("startsAt", "2026-01-05T09:00:00Z")
                                        .put("fingerprint", "abc")));
    }

    /** Every place of it replaced, or taken away, some places at once. */
    private static void mutate(Object node, Random random) {
        if (node instanceof JsonObject object) {
            for (String name : List.copyOf(object.fieldNames())) {
                int dice = random.nextInt(12);
                if (dice == 0) {
                    object.put(name, ODD[random.nextInt(ODD.length)]);
                } else if (dice == 1) {
                    object.remove(name);
                } else if (dice == 2) {
                    object.putNull(name);
                } else {
                    mutate(object.getValue(name), random);
                }
            }
        } else if (node instanceof JsonArray list) {
            for (int i = 0; i < list.size(); i++) {
                if (random.nextInt(12) == 0) {
                    list.set(i, ODD[random.nextInt(ODD.length)]);
                } else {
                    mutate(list.getValue(i), random);
                }
            }
        }
    }

    @Test
    void a_thousand_forms_of_nonsense_are_answered_and_move_nothing() {
        Random random = new Random(20260105);
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            JsonObject payload = payload();
            mutate(payload, random);
            String body = Json.encode(payload);
            if (random.nextInt(10) == 0) {
                body = body.substring(0, random.nextInt(body.length()));
            }
            String path = List.of("alertmanager", "grafana", "test").get(i % 3);
            Response response = server.callAs(token, "POST", "/api/v1/alerts/" + path, body);
            assertThat(response.code()).as(body).isIn(200, 400, 422);
            codes.add(response.code());
        }
        assertThat(codes)
                .as("some get through, so that the decision meets them too")
                .contains(200, 400);
        assertThat(server.call("GET", "/api/v1/incidents", "").json().getJsonArray("incidents"))
                .isEmpty();
        assertThat(server.call("GET", "/api/v1/flags/safe", "").json().getString("weight"))
                .isEqualTo("25%");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                              | 400 | body",
                "{}                              | 400 | alerts must be a list",
                "[]                              | 400 | object",
                "{\"alerts\":{}}                 | 400 | alerts must be a list",
                "{\"alerts\":[7]}                | 400 | alerts[0] must be an object",
                "{\"alerts\":[{}]}               | 400 | alerts[0].startsAt must be an instant",
                "{\"alerts\":[{\"status\":\"FIRING\"}]} | 400 | alerts[0].status must be firing or resolved",
                "{\"alerts\":[{\"labels\":{\"a\":1}}]} | 400 | alerts[0].labels.a must be a text",
                "{\"alerts\":[]}                 | 200 | ``",
            })
    void what_is_no_payload_is_refused_by_its_field(String body, int code, String detail) {
        Response response = server.callAs(token, "POST", "/api/v1/alerts/alertmanager", body == null ? "" : body);

        assertThat(response.code()).as(response.body()).isEqualTo(code);
        assertThat(response.body()).contains(detail == null ? "" : detail);
    }

    @Test
    void too_many_alerts_and_too_large_a_body_are_refused() {
        JsonArray many = new JsonArray();
        for (int i = 0; i < 501; i++) {
            many.add(new JsonObject());
        }
        assertThat(server.callAs(
                                token,
                                "POST",
                                "/api/v1/alerts/grafana",
                                new JsonObject().put("alerts", many).encode())
                        .code())
                .isEqualTo(413);
        assertThat(server.callAs(token, "PUT", "/api/v1/alerts/grafana", "x".repeat((1 << 20) + 1))
                        .code())
                .isEqualTo(413);
    }
}
