package dev.turnout.server.http;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Role;
import dev.turnout.worker.write.Outcome;
import dev.turnout.worker.write.Outcome.Verdict;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application is told of its writes; the outbox is worked by the test. */
class WritesApiTest {
    private static final String WRITES = "/api/v1/migrations/dynamic-services/writes";
    private static final String WRITE =
            "{\"side\":\"NEW\",\"move\":\"reservations\",\"op\":\"UPSERT\",\"key\":{\"id\":%d},\"values\":%s}";
    private static final String VALUES = "{\"serviceId\":3,\"notes\":null}";

    private static ServerFixture server;
    private static String app;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        app = server.token(Role.WRITE);
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("sql"))
                ? here
                : here.resolve("..").normalize();
        Bundle bundle = BundleFiles.read(root.resolve("sql/migrations/dynamic-services/migration.yaml"));
        JsonObject files = new JsonObject();
        bundle.files().forEach(files::put);
        Response started = server.call(
                "POST",
                "/api/v1/migrations",
                new JsonObject().put("main", bundle.main()).put("files", files).encode());
        assertThat(started.code()).isEqualTo(201);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static Response post(String key, String body, String... headers) {
        String[] all = Stream.concat(Stream.of("Idempotency-Key", key), Stream.of(headers))
                .toArray(String[]::new);
        return server.callAs(app, "POST", WRITES, body, all);
    }

    private static void finish(String key, Outcome outcome) {
        await(server.control.writes.claim("test", List.of("clinic"), Duration.ofMinutes(1), 100)).stream()
                .filter(claimed -> claimed.key().equals(key))
                .forEach(claimed -> await(server.control.writes.finish(claimed, outcome)));
    }

    @Test
    void a_write_is_accepted_and_its_outcome_is_the_same_for_every_repetition() {
        String body = WRITE.formatted(1, VALUES);
        Response accepted = post("a/b?c%d#1", body);
        assertThat(accepted.code()).as(accepted.body()).isEqualTo(202);
        assertThat(accepted.json().getString("state")).isEqualTo("WAITING");
        assertThat(accepted.json().getString("idempotencyKey")).isEqualTo("a/b?c%d#1");
        assertThat(accepted.body()).doesNotContain("serviceId");
        assertThat(post("a/b?c%d#1", " " + body.replace("\"id\":1", "\"id\":\"1\""))
                        .code())
                .as("the same write in another spelling")
                .isEqualTo(202);

        finish("a/b?c%d#1", new Outcome(Verdict.APPLIED, "", "both sides hold it"));
        Response done = post("a/b?c%d#1", body);
        assertThat(done.code()).isEqualTo(200);
        assertThat(done.json().getString("state")).isEqualTo("APPLIED");
        assertThat(post("a/b?c%d#1", body).json()).isEqualTo(done.json());
        Response read =
                server.callAs(app, "GET", WRITES + "/" + URLEncoder.encode("a/b?c%d#1", StandardCharsets.UTF_8), "");
        assertThat(read.json()).isEqualTo(done.json());

        Response other = post("a/b?c%d#1", WRITE.formatted(2, VALUES));
        assertThat(other.code()).isEqualTo(422);
        assertThat(other.json().getString("type")).isEqualTo("urn:turnout:problem:key-reused");
    }

    @Test
    void a_refusal_is_a_problem_with_the_words_of_the_database() {
        String[][] refusals = {{"22P02", "422"}, {"23502", "422"}, {"23505", "409"}, {"23503", "409"}, {"", "422"}};
        for (String[] each : refusals) {
            String key = "refused-" + each[0];
            post(key, WRITE.formatted(100 + key.hashCode(), VALUES));
            finish(key, new Outcome(Verdict.REFUSED, each[0], "it says no"));
            Response refused = post(key, WRITE.formatted(100 + key.hashCode(), VALUES));
            assertThat(refused.code()).isEqualTo(Integer.parseInt(each[1]));
            assertThat(refused.type()).isEqualTo("application/problem+json");
            assertThat(refused.json().getString("detail")).isEqualTo("it says no");
            assertThat(refused.json().getString("state")).isEqualTo("REFUSED");
            Response read = server.callAs(app, "GET", WRITES + "/" + key, "");
            assertThat(read.code()).isEqualTo(200);
            assertThat(read.json().getString("because")).isEqualTo("it says no");
        }
    }

    @Test
    void who_prefers_to_wait_is_answered_as_soon_as_there_is_an_outcome() throws Exception {
        long begun = System.nanoTime();
        assertThat(post("short", WRITE.formatted(50, VALUES), "Prefer", "wait=1")
                        .code())
                .isEqualTo(202);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(5));

        CompletableFuture<Response> waiting = CompletableFuture.supplyAsync(
                () -> post("long", WRITE.formatted(51, VALUES), "Prefer", "respond-async, wait=99"));
        while (await(server.control.writes.find("dynamic-services", "long")).isEmpty()) {
            Thread.onSpinWait();
        }
        begun = System.nanoTime();
        finish("long", new Outcome(Verdict.ASIDE, "", "put aside"));
        Response answer = waiting.get();
        assertThat(answer.code()).isEqualTo(200);
        assertThat(answer.json().getString("state")).isEqualTo("ASIDE");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void a_key_is_needed_and_the_header_is_named() {
        Response missing = server.callAs(app, "POST", WRITES, WRITE.formatted(1, VALUES));
        assertThat(missing.code()).isEqualTo(400);
        assertThat(missing.type()).isEqualTo("application/problem+json");
        assertThat(missing.json().getString("detail")).contains("Idempotency-Key");
        for (String bad : List.of("two words", "k".repeat(129), "")) {
            Response refused = post(bad, WRITE.formatted(1, VALUES));
            assertThat(refused.code()).isEqualTo(400);
            assertThat(refused.json().getString("detail")).contains("Idempotency-Key");
        }
        assertThat(post("k".repeat(128), WRITE.formatted(60, VALUES)).code()).isEqualTo(202);
    }

    @Test
    void every_problem_of_a_body_is_named_at_once() {
        assertThat(problems(
                        "{\"side\":\"new\",\"op\":\"PUT\",\"key\":[1],\"values\":{\"a\":\"\\u0000\",\"b\":\"\\ud800\"},"
                                + "\"colour\":1}"))
                .hasSize(7)
                .anyMatch(problem -> problem.startsWith("side must be OLD or NEW"))
                .anyMatch(problem -> problem.startsWith("values.b must be Unicode text"))
                .anyMatch(problem -> problem.startsWith("colour is not known"));
        assertThat(problems("{\"side\":\"NEW\",\"move\":\"patients\",\"op\":\"DELETE\",\"key\":{\"id\":1}}"))
                .containsExactly("move must be one of reservations");
        assertThat(problems(WRITE.formatted(1, "{\"service\":\"LIFTING\",\"preferredTime\":\"10:30\",\"id\":2}")))
                .hasSize(3)
                .allMatch(problem -> problem.startsWith("values."));
        assertThat(problems("{\"side\":\"OLD\",\"move\":\"reservations\",\"op\":\"UPSERT\",\"key\":{\"nr\":1}}"))
                .containsExactly("key must have exactly id", "values must have a column at least");
        assertThat(problems("{\"side\":\"OLD\",\"move\":\"reservations\",\"op\":\"DELETE\",\"key\":{\"id\":null},"
                        + "\"values\":{\"notes\":1}}"))
                .containsExactly("key.id must not be null");
        assertThat(post("x", "[]").code()).isEqualTo(400);
        assertThat(post("x", "{").code()).isEqualTo(400);
        assertThat(post("x", "{\"values\":\"" + "v".repeat(1 << 20) + "\"}").code())
                .isEqualTo(413);
    }

    private static List<String> problems(String body) {
        Response refused = post("x", body);
        assertThat(refused.code()).as(refused.body()).isEqualTo(422);
        assertThat(refused.type()).isEqualTo("application/problem+json");
        return refused.json().getJsonArray("problems").stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void only_what_is_there_is_found() {
        assertThat(server.callAs(app, "GET", WRITES + "/none", "").code()).isEqualTo(404);
        assertThat(server.callAs(
                                app,
                                "POST",
                                "/api/v1/migrations/other/writes",
                                WRITE.formatted(1, VALUES),
                                "Idempotency-Key",
                                "k")
                        .code())
                .isEqualTo(404);
    }
}
