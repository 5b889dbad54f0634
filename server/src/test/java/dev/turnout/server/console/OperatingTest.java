package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Role;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is begun, tried and ended with the forms of the console. */
class OperatingTest {
    private static TestDatabase clinic;
    private static ServerFixture server;
    private Visitor operator;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        clinic = TestPostgres.newDatabase();
        clinic.execute("CREATE TABLE guests (id bigint PRIMARY KEY, name text NOT NULL)");
        server = ServerFixture.start(data, Map.of("clinic", clinic.settings()));
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
        clinic.close();
    }

    @BeforeEach
    void login() throws Exception {
        operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
    }

    private static JsonObject get(String path) {
        return server.call("GET", path, "").json();
    }

    private static void done(HttpResponse<String> answer, String to) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        assertThat(answer.headers().firstValue("Location")).contains(to);
    }

    @Test
    void a_flag_is_made_moved_by_a_plan_taken_ahead_and_left_where_it_is() throws Exception {
        done(
                operator.act("create-flag", "of", "beds", "new", "yes", "owner", "ward 3", "reason", "a new list"),
                "/flags/beds?done=create-flag");
        assertThat(operator.act("create-flag", "of", "beds", "new", "yes", "reason", "again")
                        .statusCode())
                .as("a second of that key")
                .isEqualTo(412);
        assertThat(operator.get("/flags/beds").body()).contains("Begin a rollout by a plan", "ward 3");

        Map<String, String> plan = Visitor.fields(
                "of", "beds", "minUnits", "0", "holdback", "1", "fourEyes", "false", "reason", "as agreed");
        plan.put("windows", "Mon-Sun 00:00-23:59 UTC\r\n");
        plan.put("proof", operator.proof());
        plan.put("to", "/flags/beds");
        List<Map.Entry<String, String>> fields = new ArrayList<>(plan.entrySet());
        for (String[] step :
                new String[][] {{"5", "1h", "false"}, {"25%", "2h", "true"}, {"", "", "false"}, {"99", "1d", "false"}
                }) {
            fields.add(Map.entry("stepTo", step[0]));
            fields.add(Map.entry("stepSoak", step[1]));
            fields.add(Map.entry("stepApprove", step[2]));
        }
        done(operator.form("/do/begin-rollout", fields), "/flags/beds?done=begin-rollout");
        JsonObject rollout = get("/api/v1/rollouts/beds");
        assertThat(rollout.getJsonArray("steps").encode())
                .isEqualTo("[{\"to\":\"5%\",\"soak\":\"PT1H\",\"approve\":false},"
                        + "{\"to\":\"25%\",\"soak\":\"PT2H\",\"approve\":true},"
                        + "{\"to\":\"99%\",\"soak\":\"PT24H\",\"approve\":false}]");
        assertThat(rollout.getString("holdback")).isEqualTo("1%");
        assertThat(rollout.getJsonArray("windows").encode()).contains("00:00-23:59");

        await().untilAsserted(() ->
                assertThat(get("/api/v1/rollouts/beds").getString("state")).isEqualTo("RUNNING"));
        assertThat(operator.get("/flags/beds").body())
                .doesNotContain("Begin a rollout by a plan")
                .contains("End the rollout", "<option value=\"25%\">", "<option value=\"99%\">");
        assertThat(operator.act("skip-step", "of", "beds", "skipTo", "25%", "reason", "no box ticked")
                        .statusCode())
                .isEqualTo(409);
        done(
                operator.act("skip-step", "of", "beds", "skipTo", "25%", "past", "true", "reason", "the ward waits"),
                "/flags?done=skip-step");
        assertThat(get("/api/v1/flags/beds").getString("weight")).isEqualTo("25%");

        done(operator.act("end-rollout", "of", "beds", "reason", "by hand from now on"), "/flags?done=end-rollout");
        assertThat(get("/api/v1/rollouts/beds").getString("state")).isEqualTo("ENDED");
        assertThat(get("/api/v1/flags/beds").getString("weight")).isEqualTo("25%");
        assertThat(operator.get("/flags/beds").body())
                .contains("Begin a rollout by a plan", "the last rollout has ended", "nothing has to be");
    }

    @Test
    void a_plan_that_cannot_be_names_every_mistake_and_begins_nothing() throws Exception {
        server.call("PUT", "/api/v1/flags/crooked", "{}");

        HttpResponse<String> refused = operator.act(
                "begin-rollout", "of", "crooked", "stepTo", "500", "stepSoak", "a while", "reason", "why not");

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("not 500", "must be a duration such as 24h");
        assertThat(server.call("GET", "/api/v1/rollouts/crooked", "").code()).isEqualTo(404);
    }

    @Test
    void a_rule_for_alerts_is_made_tried_changed_and_taken_away() throws Exception {
        server.call("PUT", "/api/v1/flags/triage", "{\"weight\":\"5%\"}");
        done(
                operator.act(
                        "set-rule",
                        "new",
                        "yes",
                        "of",
                        "wards",
                        "position",
                        "1",
                        "enabled",
                        "true",
                        "action",
                        "PAUSE",
                        "flag",
                        "triage",
                        "labels",
                        "ward = three|four\r\nseverity = .*",
                        "actionWindow",
                        "2h",
                        "maxAlertAge",
                        "5 m",
                        "cooldown",
                        "PT10M",
                        "reason",
                        "the wards ask for it"),
                "/flags?done=set-rule");
        JsonObject rule = get("/api/v1/alert-rules/wards");
        assertThat(rule.getJsonObject("match").encode()).isEqualTo("{\"severity\":\".*\",\"ward\":\"three|four\"}");
        assertThat(rule.getString("actionWindow")).isEqualTo("PT2H");
        String page = operator.get("/alerts").body();
        assertThat(page)
                .contains("<code>ward = three|four</code>", "holds the rollout of", "within the 2 h before", "critical")
                .contains("None yet.");

        String firing =
                "{\"alerts\":[{\"status\":\"firing\",\"startsAt\":\"2020-01-01T00:00:00Z\",\"labels\":{\"alertname\":\"Slow\",\"ward\":\"three\"}}]}";
        HttpResponse<String> tried =
                operator.post("/alerts/test", Map.of("payload", firing, "fresh", "true", "proof", operator.proof()));
        assertThat(tried.statusCode()).as(tried.body()).isEqualTo(200);
        assertThat(tried.body()).contains("by the rule wards", "triage");
        assertThat(operator.post("/alerts/test", Map.of("payload", "{\"alerts\":", "proof", operator.proof()))
                        .body())
                .contains("this is no JSON object", "in line 1");
        assertThat(operator.post("/alerts/test", Map.of("payload", firing)).statusCode())
                .as("a form of another page")
                .isEqualTo(403);
        assertThat(get("/api/v1/alerts").getJsonArray("alerts")).isEmpty();

        String version = "\"" + rule.getLong("version") + "\"";
        done(
                operator.act(
                        "set-rule",
                        "of",
                        "wards",
                        "match",
                        version,
                        "position",
                        "1",
                        "enabled",
                        "false",
                        "flag",
                        "triage",
                        "labels",
                        "ward = three",
                        "reason",
                        "off for the night"),
                "/flags?done=set-rule");
        assertThat(get("/api/v1/alert-rules/wards").getBoolean("enabled")).isFalse();
        assertThat(operator.act("delete-rule", "of", "wards", "match", version, "reason", "from an old page")
                        .statusCode())
                .isEqualTo(412);
        done(operator.act("delete-rule", "of", "wards", "reason", "not needed — any more"), "/flags?done=delete-rule");
        assertThat(server.call("GET", "/api/v1/alert-rules/wards", "").code()).isEqualTo(404);
        assertThat(operator.get("/audit").body()).contains("not needed — any more");
    }

    private static String spec(String name) {
        return """
                migration: %s
                database: clinic
                flag: { key: %s }
                expand:
                  - columns: { guests: { called: text } }
                move:
                  guests:
                    key: id
                    up: { called: "upper(old.name)" }
                    down: { name: "new.called" }
                rollout:
                  min units: 0
                  steps: [ { to: 100%%, soak: 2h } ]
                monitor:
                  guests with a name:
                    every: 1h
                    sql: SELECT count(*) AS guests, count(name) AS named FROM guests
                    fail when: named < guests
                """.formatted(name, name);
    }

    private HttpResponse<String> send(String what, String text, Map<String, String> files) throws Exception {
        return operator.upload(
                "/new-migration",
                List.of(
                        Map.entry("proof", operator.proof()),
                        Map.entry("do", what),
                        Map.entry("reason", "the ward asked"),
                        Map.entry("name", "migration.yaml"),
                        Map.entry("text", text.replace("\n", "\r\n"))),
                files);
    }

    @Test
    void a_spec_is_pasted_checked_with_every_problem_at_its_place_and_started() throws Exception {
        assertThat(operator.get("/new-migration").body()).contains("name=\"text\"", "type=\"file\"");
        assertThat(send("check", "", Map.of()).body()).contains("paste a spec, or choose its files, first");

        String crooked = spec("names").replace("soak: 2h", "soak: a while").replace("key: id", "kee: id");
        HttpResponse<String> checked = send("check", crooked, Map.of());
        assertThat(checked.statusCode()).as(checked.body()).isEqualTo(200);
        assertThat(checked.body())
                .contains("nothing was changed", "migration.yaml:13", "migration.yaml:8")
                .contains("class=\"meant\">   8      kee: id")
                .contains("To mend it:")
                .doesNotContain("value=\"start\"");

        String missing = spec("names").replace("guests:", "visitors:");
        String live = send("check", missing, Map.of()).body();
        assertThat(live)
                .as("what only the live database knows")
                .contains("visitors", "migration.yaml:7", "The live database was looked at")
                .doesNotContain("value=\"start\"");

        String fine = send("check", spec("names"), Map.of()).body();
        assertThat(fine)
                .contains("No problem was found", "What it does: names", "upper(old.name)", "value=\"start\"")
                .contains("guests: about ");
        assertThat(server.call("GET", "/api/v1/migrations/names", "").code())
                .as("not yet")
                .isEqualTo(404);

        HttpResponse<String> started = send("start", spec("names"), Map.of());
        done(started, "/migrations/names?done=start-migration");
        assertThat(get("/api/v1/migrations/names").getString("phase")).isEqualTo("CREATED");
        assertThat(operator.get("/audit").body()).contains("the ward asked");
        assertThat(send("start", spec("names"), Map.of()).body()).contains("not started:");

        String monitors = operator.get("/monitors").body();
        assertThat(monitors)
                .contains("guests with a name", "not measured yet", "<code>named &lt; guests</code>", "then every 1 h")
                .contains("SELECT count(*) AS guests");
        assertThat(monitors).as("before the data is ready").doesNotContain("/do/run-monitor");
        HttpResponse<String> early = operator.act("run-monitor", "of", "names", "monitor", "guests with a name");
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(early.body()).contains("until the contract, not now");
    }

    @Test
    void a_spec_of_a_flag_out_of_reach_is_not_held_against_the_database() throws Exception {
        Caller scoped = new Caller("scoped", Set.of(Role.OPERATE), Set.of("checkout-"), OptionalInt.empty());
        operator.login(server.token(scoped));

        HttpResponse<String> refused = send("check", spec("beyond"), Map.of());

        assertThat(refused.body())
                .contains("reaches only flags that begin with checkout-")
                .doesNotContain("guests: about");
        assertThat(send("check", spec("checkout-guests"), Map.of()).body()).contains("No problem was found");
    }

    @Test
    void a_spec_may_be_uploaded_with_the_files_that_it_names() throws Exception {
        String text = spec("uploaded")
                .replace(
                        "  - columns: { guests: { called: text } }",
                        "  - columns: { guests: { called: text } }\n  - run: extra.sql\n    undo: extra.undo.sql");

        assertThat(send("check", "", Map.of("migration.yaml", text)).body()).contains("extra.sql");
        String page = send(
                        "check",
                        "",
                        Map.of(
                                "migration.yaml", text,
                                "extra.sql", "CREATE TABLE extra (id int);",
                                "extra.undo.sql", "DROP TABLE extra;"))
                .body();

        assertThat(page).contains("value=\"extra.undo.sql\"", "DROP TABLE extra;", "What it does: uploaded");
    }

    @Test
    void a_spec_of_the_repository_is_larger_than_a_usual_form_and_is_taken_all_the_same() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("sql"))
                ? here
                : here.resolve("..").normalize();
        Bundle bundle = BundleFiles.read(root.resolve("sql/migrations/booking-consolidation/migration.yaml"));
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("proof", operator.proof()));
        fields.add(Map.entry("do", "check"));
        bundle.files().forEach((name, text) -> {
            fields.add(Map.entry("name", name));
            fields.add(Map.entry("text", text));
        });

        HttpResponse<String> checked = operator.upload("/new-migration", fields, Map.of());

        assertThat(checked.statusCode()).as(checked.body()).isEqualTo(200);
        assertThat(checked.body()).contains("No problem was found", "The live database was not looked at");
    }

    @Test
    void a_form_that_is_too_long_is_refused_before_it_fills_the_memory() throws Exception {
        HttpResponse<String> refused = operator.upload(
                "/new-migration",
                List.of(Map.entry("proof", operator.proof())),
                Map.of("huge.sql", "x".repeat(server.bodyBytes() + 1)));

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(operator.get("/flags").statusCode()).isEqualTo(200);
    }
}
