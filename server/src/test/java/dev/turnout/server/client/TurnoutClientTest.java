package dev.turnout.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Flag;
import dev.turnout.flags.RandomFlags;
import dev.turnout.flags.Subject;
import dev.turnout.flags.client.ClientSettings;
import dev.turnout.flags.client.Freshness;
import dev.turnout.flags.client.Outcome;
import dev.turnout.flags.client.TurnoutClient;
import dev.turnout.flags.stage.Side;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnoutClientTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Subject USER_42 = Subject.of("user-42"); // bucket 5453 of new-schema

    private static ServerFixture server;
    private static String token;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        token = server.token(Role.EVALUATE, Role.REPORT);
        server.call("PUT", "/api/v1/flags/new-schema", "{\"weight\":\"1%\"}");
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    void a_change_reaches_the_client_at_once() throws Exception {
        try (TurnoutClient client = TurnoutClient.start(settings())) {
            assertThat(client.awaitReady(SOON)).isTrue();
            Queue<Long> versions = new ConcurrentLinkedQueue<>();
            client.listen((before, after) -> versions.add(after.version()));
            long there = weight("10%");
            await().until(() -> client.on("new-schema", USER_42));
            assertThat(client.freshness()).isEqualTo(Freshness.CURRENT);
            assertThat(client.age().orElseThrow()).isLessThan(SOON);
            assertThat(versions).contains(there);
            long back = weight("1%");
            await().until(() -> !client.on("new-schema", USER_42));
            assertThat(client.flags().version()).isGreaterThanOrEqualTo(back);
        }
    }

    @Test
    void without_a_server_everybody_is_on_the_old_side_and_nothing_throws() throws Exception {
        ClientSettings nowhere = ClientSettings.of(java.net.URI.create("http://127.0.0.1:1"), "t");
        try (TurnoutClient client = TurnoutClient.start(nowhere)) {
            assertThat(client.awaitReady(Duration.ofMillis(300))).isFalse();
            Evaluation answer = client.evaluate("new-schema", USER_42);
            assertThat(answer.side()).isEqualTo(Side.OLD);
            assertThat(answer.error()).isPresent();
            assertThat(client.freshness()).isEqualTo(Freshness.NOT_READY);
            assertThat(client.age()).isEmpty();
            client.report(answer, Outcome.FAILED);
        }
    }

    @Test
    void when_the_server_is_gone_it_goes_on_says_how_old_it_is_and_comes_back() throws Exception {
        weight("10%");
        try (Connection connection = new Connection(server.uri());
                TurnoutClient client = TurnoutClient.start(ClientSettings.of(connection.uri(), token)
                        .withStaleAfter(Duration.ofMillis(500))
                        .withPoll(Duration.ofMillis(100)))) {
            await().until(() -> client.on("new-schema", USER_42));
            assertThat(client.freshness()).isEqualTo(Freshness.CURRENT);
            connection.cut();
            await().until(() -> client.freshness() == Freshness.STALE);
            weight("1%");
            assertThat(client.on("new-schema", USER_42)).isTrue();
            connection.mend();
            await().until(() -> !client.on("new-schema", USER_42));
            await().until(() -> client.freshness() == Freshness.CURRENT);
        }
    }

    @Test
    void a_stream_that_is_silently_dead_is_made_good_by_polls() throws Exception {
        weight("10%");
        try (Connection connection = new Connection(server.uri());
                TurnoutClient client = TurnoutClient.start(
                        ClientSettings.of(connection.uri(), token).withPoll(Duration.ofMillis(200)))) {
            await().until(() -> client.on("new-schema", USER_42));
            connection.freeze();
            weight("1%");
            // The connection that lost it never thaws; new ones work.
            await().until(connection::lost);
            connection.mend();
            await().until(() -> !client.on("new-schema", USER_42));
        } finally {
            weight("1%");
        }
    }

    @Test
    void the_last_rules_are_kept_on_disk_for_a_start_without_a_server(@TempDir Path dir) throws Exception {
        weight("10%");
        Path file = dir.resolve("flags/ruleset.json");
        try (TurnoutClient client = TurnoutClient.start(settings().withCache(file))) {
            await().until(() -> client.on("new-schema", USER_42));
            await().until(() -> Files.exists(file));
        }
        ClientSettings nowhere = ClientSettings.of(java.net.URI.create("http://127.0.0.1:1"), "t")
                .withCache(file);
        try (TurnoutClient client = TurnoutClient.start(nowhere)) {
            assertThat(client.on("new-schema", USER_42)).isTrue();
            assertThat(client.freshness()).isEqualTo(Freshness.STALE);
        }
        Files.writeString(file, "{half");
        try (TurnoutClient client = TurnoutClient.start(nowhere)) {
            assertThat(client.on("new-schema", USER_42)).isFalse();
            assertThat(client.freshness()).isEqualTo(Freshness.NOT_READY);
        }
    }

    @Test
    void outcomes_arrive_once_by_bucket_even_if_the_connection_breaks() throws Exception {
        server.call("PUT", "/api/v1/flags/reported", "{\"weight\":\"50%\"}");
        try (Connection connection = new Connection(server.uri());
                TurnoutClient client = TurnoutClient.start(
                        ClientSettings.of(connection.uri(), token).withReport(Duration.ofMillis(50)))) {
            await().until(() -> client.flags().flag("reported").isPresent());
            for (int i = 0; i < 600; i++) {
                Evaluation answer = client.evaluate("reported", Subject.of("user-" + i));
                client.report(answer, i % 10 == 0 ? Outcome.FAILED : Outcome.FINE);
                if (i % 200 == 100) {
                    connection.cut();
                    // Two reports and more are due meanwhile.
                    await().pollDelay(Duration.ofMillis(120)).until(() -> true);
                    connection.mend();
                }
            }
            await().untilAsserted(() -> assertThat(total("calls")).isEqualTo(600));
            assertThat(total("failures")).isEqualTo(60);
            assertThat(client.droppedReports()).isZero();
        }
    }

    @Test
    void server_and_client_agree_on_random_questions() throws Exception {
        // The same class answers on both; what may differ is what the wire makes of flags and of attributes.
        Random random = new Random(42);
        List<Flag> flags = RandomFlags.sound(random, 20);
        for (Flag flag : flags) {
            ControlFixture.await(server.control.flags.create(flag, ControlFixture.BY_TEST));
        }
        String last = flags.get(flags.size() - 1).key();
        try (TurnoutClient client = TurnoutClient.start(settings().withTime(server.control.clock))) {
            await().until(() -> client.flags().flag(last).isPresent());
            int compared = 0;
            while (compared < 100_000) {
                Subject subject = RandomFlags.subject(random);
                JsonObject context = new JsonObject(new HashMap<>(subject.attributes()));
                if (!subject.key().isEmpty()) {
                    context.put("targetingKey", subject.key());
                }
                Response answered = server.callAs(
                        token,
                        "POST",
                        "/ofrep/v1/evaluate/flags",
                        new JsonObject().put("context", context).encode());
                for (Object each : answered.json().getJsonArray("flags")) {
                    agree((JsonObject) each, client.evaluate(((JsonObject) each).getString("key"), subject));
                    compared++;
                }
            }
        }
    }

    private static void agree(JsonObject server, Evaluation here) {
        assertThat(server.getString("errorCode"))
                .isEqualTo(here.error().map(Enum::name).orElse(null));
        if (here.error().isEmpty()) {
            assertThat(server.getString("variant"))
                    .isEqualTo(here.variant().orElseThrow().name());
            assertThat(server.getValue("value"))
                    .hasToString(
                            JsonObject.of("value", here.variant().orElseThrow().value())
                                    .getValue("value")
                                    .toString());
            JsonObject metadata = server.getJsonObject("metadata");
            assertThat(metadata.getString("side")).isEqualTo(here.side().name());
            assertThat(metadata.getString("stage"))
                    .isEqualTo(here.stage().map(Enum::name).orElse(null));
            assertThat(metadata.getInteger("bucket", -1))
                    .isEqualTo(here.bucket().orElse(-1));
        }
    }

    private static ClientSettings settings() {
        return ClientSettings.of(server.uri(), token);
    }

    private static long weight(String weight) {
        Response stored = server.call("PATCH", "/api/v1/flags/new-schema", "{\"weight\":\"" + weight + "\"}");
        assertThat(stored.code()).as(stored.body()).isEqualTo(200);
        return stored.json().getLong("version");
    }

    private static long total(String column) throws Exception {
        try (var connection = server.control.database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT coalesce(sum(" + column + "), 0) FROM outcome_hour WHERE flag_key = 'reported'")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
