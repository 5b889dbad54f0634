package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Role;
import dev.turnout.server.control.Specs;
import dev.turnout.worker.run.RunBoard.Claim;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts over HTTP, as Alertmanager and Grafana send them; the samples began to fire when the clock stands. */
class AlertsApiTest {
    private static final String ALERTS = "/api/v1/alerts";
    private static final String RULES = "/api/v1/alert-rules/";

    private ServerFixture server;
    private String token;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        token = server.token(Role.ALERT);
        server.call("PUT", "/api/v1/flags/checkout", "{\"weight\":\"25%\"}");
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private static String sample(String name) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(AlertsApiTest.class.getResourceAsStream("/alerts/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonObject alert(String status, String labels) {
        JsonObject parsed = new JsonObject();
        for (String pair : labels.split(" ")) {
            parsed.put(pair.split("=")[0], pair.split("=")[1]);
        }
        return new JsonObject()
                .put("status", status)
                .put("labels", parsed)
                .put("startsAt", "2026-01-05T09:00:00Z")
                .put("fingerprint", Integer.toHexString(labels.hashCode()));
    }

    private static String payload(JsonObject... alerts) {
        return new JsonObject().put("alerts", new JsonArray(List.of(alerts))).encode();
    }

    private Response send(String body) {
        return server.callAs(token, "POST", ALERTS + "/alertmanager", body);
    }

    /** The only alert of the answer, which is 200. */
    private static JsonObject only(Response response) {
        assertThat(response.code()).as(response.body()).isEqualTo(200);
        assertThat(response.json().getJsonArray("alerts")).hasSize(1);
        return response.json().getJsonArray("alerts").getJsonObject(0);
    }

    private static String decided(JsonObject alert) {
        return alert.getString("outcome") + " " + alert.getString("reason");
    }

    private JsonObject flag(String key) {
        return server.call("GET", "/api/v1/flags/" + key, "").json();
    }

    private JsonArray incidents() {
        return server.call("GET", "/api/v1/incidents", "").json().getJsonArray("incidents");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alertmanager.json", "alertmanager-0.25.json"})
    void an_alert_takes_the_flag_that_it_names_back_once(String name) throws IOException {
        Response first = send(sample(name));
        assertThat(first.code()).as(first.body()).isEqualTo(200);
        assertThat(first.json().getInteger("acted")).isEqualTo(1);
        JsonObject told = first.json().getJsonArray("alerts").getJsonObject(0);
        assertThat(decided(told)).isEqualTo("ROLLED_BACK ACTED");
        assertThat(told.getString("rule")).isEqualTo("critical");
        assertThat(flag("checkout").getString("weight")).isEqualTo("0%");
        assertThat(flag("checkout").getString("rolledBack")).contains("alertmanager:" + told.getString("fingerprint"));
        JsonObject incident = incidents().getJsonObject(0);
        assertThat(incident.getString("source")).isEqualTo("ALERT");
        assertThat(incident.getJsonObject("evidence").getString("fingerprint"))
                .isEqualTo(told.getString("fingerprint"));
        assertThat(incident.getJsonObject("evidence").getString("rule")).isEqualTo("critical");

        // What a second Alertmanager, a repetition or a replay brings.
        Response again = send(sample(name));
        assertThat(again.json().getInteger("acted")).isZero();
        assertThat(again.body()).contains("SEEN_BEFORE");
        assertThat(incidents()).hasSize(1);
    }

    @Test
    void a_replay_after_the_incident_is_understood_moves_nothing() throws IOException {
        send(sample("alertmanager.json"));
        server.call(
                "POST",
                "/api/v1/incidents/" + incidents().getJsonObject(0).getInteger("id") + "/acknowledge",
                "{\"reason\":\"mended\"}");
        server.call("PATCH", "/api/v1/flags/checkout", "{\"weight\":\"50%\"}");

        assertThat(decided(only(send(sample("alertmanager.json"))))).isEqualTo("IGNORED SEEN_BEFORE");
        String resolved = sample("alertmanager.json").replace("firing", "resolved");
        assertThat(decided(only(send(resolved)))).isEqualTo("IGNORED RESOLVED");
        server.control.clock.pass(Duration.ofHours(1));
        assertThat(decided(only(send(sample("alertmanager.json"))))).isEqualTo("IGNORED TOO_OLD");
        assertThat(flag("checkout").getString("weight")).isEqualTo("50%");
        assertThat(incidents()).hasSize(1);
        // What it once led to stays on record.
        JsonObject kept = server.call("GET", ALERTS + "?outcome=rolled_back", "")
                .json()
                .getJsonArray("alerts")
                .getJsonObject(0);
        assertThat(decided(kept)).isEqualTo("ROLLED_BACK ACTED");
        assertThat(kept.getInteger("times")).isEqualTo(3);
    }

    @Test
    void two_deliveries_at_once_are_one_rollback() throws IOException {
        String body = sample("alertmanager.json");
        List<Response> responses =
                IntStream.range(0, 8).parallel().mapToObj(i -> send(body)).toList();

        assertThat(responses).allMatch(response -> response.code() == 200);
        assertThat(responses.stream().mapToInt(response -> response.json().getInteger("acted")))
                .containsOnlyOnce(1);
        assertThat(incidents()).hasSize(1);
    }

    @Test
    void what_was_ignored_is_decided_anew_when_it_is_sent_again() {
        server.call("PUT", "/api/v1/flags/later", "{}");
        String body = payload(alert("firing", "alertname=A flag=later severity=critical"));
        assertThat(decided(only(send(body)))).isEqualTo("IGNORED NOBODY_ON_NEW_SIDE");
        server.call("PATCH", "/api/v1/flags/later", "{\"weight\":\"1%\"}");
        assertThat(decided(only(send(body)))).isEqualTo("ROLLED_BACK ACTED");
    }

    @Test
    void grafana_is_understood_by_post_and_put_with_a_password_too() throws IOException {
        String basic =
                "Basic " + Base64.getEncoder().encodeToString(("grafana:" + token).getBytes(StandardCharsets.UTF_8));
        Response noData =
                server.callAs("", "PUT", ALERTS + "/grafana", sample("grafana-no-data.json"), "Authorization", basic);
        assertThat(noData.code()).as(noData.body()).isEqualTo(200);
        assertThat(noData.json().getJsonArray("alerts")).hasSize(2).allMatch(each -> decided((JsonObject) each)
                .equals("IGNORED NO_DATA"));
        assertThat(flag("checkout").getString("weight")).isEqualTo("25%");

        JsonObject told =
                only(server.callAs("", "POST", ALERTS + "/grafana", sample("grafana.json"), "Authorization", basic));
        assertThat(decided(told)).isEqualTo("ROLLED_BACK ACTED");
        assertThat(flag("checkout").getString("rolledBack")).contains("grafana:bc97ff14869b13e3", "Bookings fail");

        // Nowhere else: a browser would send a password along by itself.
        String admin =
                "Basic " + Base64.getEncoder().encodeToString(("x:" + server.admin()).getBytes(StandardCharsets.UTF_8));
        assertThat(server.callAs("", "GET", "/api/v1/flags", "", "Authorization", admin)
                        .code())
                .isEqualTo(401);
        for (String wrong : List.of("Basic", "Basic ???", "Basic " + "AAAA", "Basic Og==", "Bearer x")) {
            assertThat(server.callAs("", "POST", ALERTS + "/grafana", "{}", "Authorization", wrong)
                            .code())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(server.callAs(server.token(Role.REPORT), "POST", ALERTS + "/grafana", "{}")
                        .code())
                .isEqualTo(403);
    }

    @Test
    void alerts_that_were_left_out_are_known_by_the_labels_that_all_have() throws IOException {
        JsonArray told = send(sample("truncated.json")).json().getJsonArray("alerts");

        assertThat(told.stream().map(each -> decided((JsonObject) each)))
                .containsExactly("IGNORED OLD_SIDE", "ROLLED_BACK ACTED");
        assertThat(send(sample("truncated.json")).body()).contains("SEEN_BEFORE");
    }

    @Test
    void a_token_of_a_scope_moves_nothing_beyond_it() throws IOException {
        token = server.token(new Caller("narrow", Set.of(Role.ALERT), Set.of("search-"), OptionalInt.empty()));
        assertThat(decided(only(send(sample("alertmanager.json"))))).isEqualTo("IGNORED OUT_OF_REACH");
        server.call("PUT", RULES + "any", "{\"match\":{\"alertname\":\".+\"},\"flag\":\"*\",\"attribution\":\"ALL\"}");
        server.call("PUT", "/api/v1/flags/search-new", "{\"weight\":\"5%\"}");
        JsonObject told = only(send(payload(alert("firing", "alertname=Any"))));
        assertThat(told.getString("flag")).isEqualTo("search-new");
        assertThat(flag("checkout").getString("weight")).isEqualTo("25%");
    }

    @Test
    void a_test_says_what_would_be_done_and_does_nothing() throws IOException {
        server.control.clock.pass(Duration.ofDays(1));
        server.call("PATCH", "/api/v1/flags/checkout", "{\"weight\":\"26%\"}");
        String body = sample("alertmanager.json");
        assertThat(decided(only(server.callAs(token, "POST", ALERTS + "/test", body))))
                .isEqualTo("IGNORED TOO_OLD");
        JsonObject told = only(server.callAs(token, "POST", ALERTS + "/test?fresh=true", body));
        assertThat(decided(told)).isEqualTo("ROLLED_BACK ACTED");
        assertThat(told.getString("because")).contains("the flag is at 26%");

        // The second of two is told as it would be after the first.
        String two = payload(
                alert("firing", "alertname=A flag=checkout severity=page"),
                alert("firing", "alertname=B flag=checkout severity=page"));
        assertThat(server.callAs(token, "POST", ALERTS + "/test?fresh=true", two).json().getJsonArray("alerts").stream()
                        .map(each -> decided((JsonObject) each)))
                .containsExactly("ROLLED_BACK ACTED", "IGNORED LATCHED");
        assertThat(flag("checkout").getString("weight")).isEqualTo("26%");
        assertThat(incidents()).isEmpty();
        assertThat(server.call("GET", ALERTS, "").json().getJsonArray("alerts")).isEmpty();
        assertThat(server.call("GET", "/api/v1/notifications", "").json().getJsonArray("notifications"))
                .isEmpty();
    }

    @Test
    void rules_are_made_changed_and_deleted_by_compare_and_set_and_all_of_it_is_in_the_audit() {
        assertThat(server.call("GET", "/api/v1/alert-rules", "").json().getJsonArray("rules").stream()
                        .map(rule -> ((JsonObject) rule).getString("name")
                                + ((JsonObject) rule).getString("action")
                                + ((JsonObject) rule).getString("flag")))
                .containsExactly("criticalROLLBACK${labels.flag}", "warningPAUSE${labels.flag}");
        Response made = server.call(
                "PUT",
                RULES + "shop",
                "{\"match\":{\"service\":\"shop\"},\"flag\":\"checkout\",\"action\":\"NOTIFY\",\"actionWindow\":\"PT2H\","
                        + "\"reason\":\"the shop has no flag label\"}",
                "If-None-Match",
                "*");
        assertThat(made.code()).as(made.body()).isEqualTo(201);
        assertThat(made.json().getInteger("position")).isEqualTo(100);
        assertThat(decided(only(send(payload(alert("firing", "alertname=A service=shop"))))))
                .isEqualTo("NOTIFIED ACTED");
        assertThat(decided(only(send(payload(alert("firing", "alertname=B service=shop"))))))
                .isEqualTo("IGNORED COOLING_DOWN");

        String changed = made.body().replace("NOTIFY", "ROLLBACK");
        assertThat(server.call("PUT", RULES + "shop", changed).code()).isEqualTo(428);
        Response second = server.call("PUT", RULES + "shop", changed, "If-Match", made.etag());
        assertThat(second.code()).as(second.body()).isEqualTo(200);
        assertThat(server.call("PUT", RULES + "shop", changed, "If-Match", made.etag())
                        .code())
                .isEqualTo(412);
        assertThat(server.call("DELETE", RULES + "shop", "", "If-Match", made.etag())
                        .code())
                .isEqualTo(412);
        assertThat(server.call("DELETE", RULES + "shop", "", "If-Match", second.etag())
                        .code())
                .isEqualTo(200);
        assertThat(server.call("GET", RULES + "shop", "").code()).isEqualTo(404);
        assertThat(
                        server
                                .call("GET", "/api/v1/audit?subject=alert-rule:shop", "")
                                .json()
                                .getJsonArray("entries")
                                .stream()
                                .map(entry -> ((JsonObject) entry).getString("action")))
                .containsExactly("alert-rule.delete", "alert-rule.change", "alert-rule.create");
        Response refused = server.call(
                "PUT",
                RULES + "bad",
                "{\"match\":{\"a\":\"(\"},\"flag\":\"a b\",\"action\":\"EXPLODE\",\"actionWindow\":\"P2D\",\"cooldown\":\"soon\","
                        + "\"mach\":{}}");
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems")).as(refused.body()).hasSize(6);
    }

    @Test
    void a_warning_pauses_the_rollout_and_a_rollback_that_would_lose_data_is_told_and_not_done() {
        ControlFixture control = server.control;
        ControlFixture.await(control.runs.start(Specs.spec("m", "moved"), Specs.BUNDLE, ControlFixture.BY_TEST));
        server.call("PATCH", "/api/v1/flags/moved?force=true", "{\"weight\":\"100%\",\"reason\":\"a test\"}");
        assertThat(decided(only(send(payload(alert("firing", "alertname=A flag=checkout severity=warning"))))))
                .isEqualTo("IGNORED NO_ROLLOUT");
        server.call("POST", "/api/v1/rollouts/moved/resume", "{}");
        assertThat(decided(only(send(payload(alert("firing", "alertname=A flag=moved severity=warning"))))))
                .isEqualTo("PAUSED ACTED");
        assertThat(server.call("GET", "/api/v1/rollouts/moved", "").json().getBoolean("paused"))
                .isTrue();

        Claim claim = ControlFixture.await(control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1)))
                .get(0);
        ControlFixture.await(control.claims.enter(claim, Phase.CREATED, Phase.CONTRACTING, "a test", Map.of()));
        JsonObject told = only(send(payload(alert("firing", "alertname=B flag=moved severity=critical"))));
        assertThat(decided(told)).isEqualTo("REFUSED CANNOT_GO_BACK");
        assertThat(told.getString("because")).contains("old side is being taken away");
        assertThat(flag("moved").getString("weight")).isEqualTo("100%");
        assertThat(server.call("GET", "/api/v1/notifications?flag=moved", "").body())
                .contains("flag.rollback_refused", "rollout.paused");
    }

    @Test
    void what_is_done_is_counted_by_outcome_and_reason() throws IOException {
        send(sample("alertmanager.json"));
        send(sample("alertmanager.json"));
        String metrics = server.call("GET", "/metrics", "").body();

        assertThat(metrics)
                .contains("turnout_alerts_total{outcome=\"rolled_back\",reason=\"acted\",source=\"alertmanager\"} 1.0")
                .contains(
                        "turnout_alerts_total{outcome=\"ignored\",reason=\"seen_before\",source=\"alertmanager\"} 1.0");
    }

    @Test
    void a_label_without_a_rule_or_a_flag_is_ignored_with_its_reason() {
        assertThat(decided(only(send(payload(alert("firing", "alertname=A")))))).isEqualTo("IGNORED NO_RULE");
        assertThat(decided(only(send(payload(alert("firing", "alertname=A flag=a/b"))))))
                .isEqualTo("IGNORED NO_FLAG");
        assertThat(decided(only(send(payload(alert("firing", "alertname=A flag=unheard-of"))))))
                .isEqualTo("IGNORED UNKNOWN_FLAG");
        assertThat(decided(only(send(payload(alert("firing", "alertname=A flag=checkout variant=off"))))))
                .isEqualTo("IGNORED OLD_SIDE");
    }
}
