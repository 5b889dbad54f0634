package dev.turnout.server.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.Line;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Alertmanager, set up as docs/alerts.md says, against a real server. */
class AlertmanagerTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private final Line line = new Line();

    @SuppressWarnings("NullAway.Init") // made before each test
    private ServerFixture server;

    @SuppressWarnings("NullAway.Init") // made before each test
    private Path binary;

    @BeforeEach
    void start() throws Exception {
        Optional<Path> found = AlertmanagerProcess.binary();
        Assumptions.assumeTrue(
                found.isPresent(),
                "no Alertmanager: install prometheus-alertmanager, or name one by -Dturnout.test.alertmanager");
        binary = found.get();
        server = ServerFixture.start(directory.resolve("server"), line::over);
        // Alertmanager's clock is real.
        server.control.clock.set(Instant.now());
        server.call("PUT", "/api/v1/flags/checkout", "{\"weight\":\"25%\"}");
    }

    @AfterEach
    void close() throws Exception {
        if (server != null) {
            server.close();
        }
        line.close();
    }

    /** The configuration that the documentation recommends, for this server. */
    private String recommended() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("docs"))
                ? here
                : here.resolve("..").normalize();
        Matcher block = Pattern.compile("```yaml\n(route:.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(root.resolve("docs/alerts.md")));
        assertThat(block.find()).isTrue();
        Path token = Files.writeString(directory.resolve("token"), server.token(Role.ALERT));
        String configuration = block.group(1)
                .replace("http://turnout.example:8321", server.uri().toString())
                .replace("/etc/alertmanager/turnout-token", token.toString());
        assertThat(configuration).contains(server.uri().toString(), token.toString());
        return configuration;
    }

    private AlertmanagerProcess alertmanager(String name, String configuration) throws Exception {
        return AlertmanagerProcess.start(binary, Files.createDirectory(directory.resolve(name)), configuration);
    }

    private static String alert(String flag, Instant startsAt, Instant endsAt) {
        return new JsonArray()
                .add(new JsonObject()
                        .put(
                                "labels",
                                new JsonObject()
                                        .put("alertname", "HighErrorRate")
                                        .put("flag", flag)
                                        .put("severity", "critical")
                                        .put("variant", "new"))
                        .put("annotations", new JsonObject().put("summary", "it fails"))
                        .put("startsAt", startsAt.toString())
                        .put("endsAt", endsAt.toString()))
                .encode();
    }

    private JsonObject flag() {
        return server.call("GET", "/api/v1/flags/checkout", "").json();
    }

    private List<JsonObject> list(String path, String name) {
        return server.call("GET", path, "").json().getJsonArray(name).stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private List<JsonObject> alerts(boolean firing) {
        return list("/api/v1/alerts", "alerts").stream()
                .filter(each -> each.getBoolean("firing") == firing)
                .toList();
    }

    @Test
    void an_alert_that_fires_takes_the_flag_back_whichever_of_two_alertmanagers_brings_it_first() throws Exception {
        try (AlertmanagerProcess one = alertmanager("one", recommended());
                AlertmanagerProcess two = alertmanager("two", recommended())) {
            Instant now = Instant.now();
            String alert = alert("checkout", now, now.plus(Duration.ofHours(1)));
            long began = System.nanoTime();
            one.fire(alert);
            two.fire(alert);

            await().pollInterval(Duration.ofMillis(20)).until(() -> flag().containsKey("rolledBack"));
            System.out.printf("from the alert to the flag at 0: %d ms%n", (System.nanoTime() - began) / 1_000_000);
            assertThat(flag().getString("weight")).isEqualTo("0%");
            assertThat(flag().getString("rolledBack")).contains("alertmanager:", "HighErrorRate (it fails)");
            await().until(() -> alerts(true).stream().anyMatch(each -> each.getInteger("times") == 2));
            assertThat(list("/api/v1/incidents", "incidents")).hasSize(1);
            assertThat(alerts(true)).singleElement().satisfies(each -> assertThat(each.getString("outcome"))
                    .isEqualTo("ROLLED_BACK"));
        }
    }

    @Test
    void an_alert_that_comes_while_the_database_is_away_is_sent_again_until_the_flag_is_back() throws Exception {
        try (AlertmanagerProcess process = alertmanager("one", recommended())) {
            flag();
            line.cut();
            Instant now = Instant.now();
            process.fire(alert("checkout", now, now.plus(Duration.ofHours(1))));
            Pattern refused = Pattern.compile("turnout_requests_seconds_count\\{code=\"5xx\",method=\"POST\","
                    + "path=\"/api/v1/alerts/alertmanager\"} [1-9]");
            await().until(() ->
                    refused.matcher(server.call("GET", "/metrics", "").body()).find());
            line.mend();

            await().ignoreExceptions().until(() -> flag().containsKey("rolledBack"));
            assertThat(list("/api/v1/incidents", "incidents")).hasSize(1);
        }
    }

    @Test
    void repetitions_an_end_and_an_old_alert_move_nothing_after_the_incident_is_understood() throws Exception {
        String often = recommended()
                .replace("group_interval: 10s", "group_interval: 1s")
                .replace("repeat_interval: 1h", "repeat_interval: 1s");
        try (AlertmanagerProcess process = alertmanager("one", often)) {
            Instant now = Instant.now();
            process.fire(alert("checkout", now, now.plus(Duration.ofHours(1))));
            await().until(() -> flag().containsKey("rolledBack"));
            int incident = list("/api/v1/incidents", "incidents").get(0).getInteger("id");
            server.call("POST", "/api/v1/incidents/" + incident + "/acknowledge", "{\"reason\":\"mended\"}");
            server.call("PATCH", "/api/v1/flags/checkout", "{\"weight\":\"50%\"}");

            int before = alerts(true).get(0).getInteger("times");
            await().until(() -> alerts(true).get(0).getInteger("times") > before + 1);
            process.fire(alert("checkout", now, Instant.now()));
            await().until(() -> !alerts(false).isEmpty());
            assertThat(alerts(false).get(0).getString("reason")).isEqualTo("RESOLVED");

            server.call("PUT", "/api/v1/flags/old", "{\"weight\":\"25%\"}");
            process.fire(alert("old", now.minus(Duration.ofMinutes(10)), now.plus(Duration.ofHours(1))));
            await().until(() -> alerts(true).stream()
                    .anyMatch(each -> each.getString("reason").equals("TOO_OLD")));
            assertThat(flag().getString("weight")).isEqualTo("50%");
            assertThat(list("/api/v1/incidents", "incidents")).hasSize(1);
        }
    }
}
