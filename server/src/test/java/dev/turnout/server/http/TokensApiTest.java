package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Specs;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensApiTest {
    private static final String TOKENS = "/api/v1/tokens";
    private static final String FLAGS = "/api/v1/flags/";

    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static String make(String name, String more) {
        Response made = server.call("POST", TOKENS, "{\"name\":\"" + name + "\",\"roles\":[\"operate\"]" + more + "}");
        assertThat(made.code()).as(made.body()).isEqualTo(201);
        return made.json().getString("token");
    }

    private static int list(String token) {
        return server.callAs(token, "GET", "/api/v1/flags?limit=1", "").code();
    }

    @Test
    void a_token_is_made_shown_once_rotated_with_an_overlap_and_revoked() {
        String first = make("app", ",\"expiresIn\":\"P90D\",\"requestsPerSecond\":100");
        assertThat(list(first)).isEqualTo(200);
        Response read = server.call("GET", TOKENS + "/app", "");
        assertThat(read.body()).doesNotContain("turnout_");
        assertThat(read.json().getInteger("requestsPerSecond")).isEqualTo(100);
        assertThat(read.etag()).isEqualTo("\"1\"");

        Response rotated =
                server.call("POST", TOKENS + "/app/rotate", "{\"overlap\":\"PT1H\"}", "If-Match", read.etag());
        assertThat(rotated.code()).as(rotated.body()).isEqualTo(200);
        String second = rotated.json().getString("token");
        assertThat(List.of(list(first), list(second))).containsExactly(200, 200);
        Response late = server.call("DELETE", TOKENS + "/app", "", "If-Match", read.etag());
        assertThat(late.code()).isEqualTo(412);
        assertThat(late.json().getLong("currentVersion")).isEqualTo(2);

        assertThat(server.call("POST", TOKENS + "/app/rotate", "{\"overlap\":\"PT0S\"}")
                        .code())
                .isEqualTo(200);
        assertThat(List.of(list(first), list(second))).containsExactly(401, 401);
        assertThat(server.call("DELETE", TOKENS + "/app", "", "If-Match", "\"3\"")
                        .json()
                        .getString("revokedAt"))
                .isNotNull();
        assertThat(server.call("POST", TOKENS + "/app/rotate", "{}").code()).isEqualTo(404);
        assertThat(server.call("GET", "/api/v1/audit?subject=token:app", "").body())
                .contains("token.issue", "token.rotate", "token.revoke")
                .doesNotContain("turnout_");
    }

    @Test
    void a_token_ends_when_it_expires() {
        String token = make("short", ",\"expiresIn\":\"PT1H\"");
        assertThat(list(token)).isEqualTo(200);
        server.control.clock.pass(Duration.ofHours(1));
        assertThat(list(token)).isEqualTo(401);
    }

    @Test
    void everything_wrong_with_a_token_is_told_at_once() {
        Response refused = server.call(
                "POST",
                TOKENS,
                "{\"name\":\"a b\",\"roles\":[\"admin\",\"king\"],\"scopes\":[\"x\",\"\"],\"expiresAt\":\"soon\",\"colour\":1}");

        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .anyMatch(problem -> problem.startsWith("name must be made of"))
                .anyMatch(problem -> problem.startsWith("roles has 'king'"))
                .anyMatch(problem -> problem.startsWith("scopes do not go with the role ADMIN"))
                .anyMatch(problem -> problem.startsWith("expiresAt must be an instant"))
                .anyMatch(problem -> problem.startsWith("colour is not known"));
        make("taken", "");
        assertThat(server.call("POST", TOKENS, "{\"name\":\"taken\",\"roles\":[\"operate\"]}")
                        .code())
                .isEqualTo(409);
        String admin = server.call("GET", TOKENS, "")
                .json()
                .getJsonArray("tokens")
                .getJsonObject(0)
                .getString("name");
        assertThat(server.call("DELETE", TOKENS + "/" + admin, "").json().getString("detail"))
                .contains("last administrator");
    }

    @Test
    void a_scope_holds_on_every_list_and_on_what_a_body_names() {
        for (String key : List.of("checkout-a", "checkout-b", "search")) {
            server.call("PUT", FLAGS + key, "{}");
            server.call("POST", "/api/v1/rollouts/" + key + "/rollback", "{\"reason\":\"test\"}");
        }
        ControlFixture.await(server.control.runs.start(Specs.spec("m", "other"), Specs.BUNDLE, ControlFixture.BY_TEST));
        String token = make("scoped", ",\"scopes\":[\"checkout-\"]");

        JsonObject flags = server.callAs(token, "GET", "/api/v1/flags", "").json();
        assertThat(flags.getJsonArray("flags").stream().map(flag -> ((JsonObject) flag).getString("key")))
                .containsExactly("checkout-a", "checkout-b");
        assertThat(server.callAs(token, "GET", "/api/v1/incidents", "").body())
                .contains("checkout-a")
                .doesNotContain("search");
        assertThat(server.callAs(token, "GET", "/api/v1/audit", "").body())
                .contains("flag:checkout-a")
                .doesNotContain("flag:search", "token:");
        assertThat(server.callAs(token, "GET", "/api/v1/migrations", "").json().getJsonArray("migrations"))
                .isEmpty();
        assertThat(server.callAs(token, "GET", "/api/v1/migrations/m", "").code())
                .isEqualTo(403);
        assertThat(server.callAs(token, "POST", "/ofrep/v1/evaluate/flags/search", "{}")
                        .code())
                .isEqualTo(403);
        await().untilAsserted(
                        () -> assertThat(server
                                        .callAs(token, "POST", "/ofrep/v1/evaluate/flags", "{}")
                                        .json()
                                        .getJsonArray("flags")
                                        .stream()
                                        .map(flag -> ((JsonObject) flag).getString("key")))
                                .containsExactly("checkout-a", "checkout-b"));
        assertThat(server.callAs(token, "PUT", FLAGS + "checkout-c", "{}").code())
                .isEqualTo(201);
        assertThat(server.callAs(token, "PUT", FLAGS + "search-c", "{}").json().getString("detail"))
                .contains("begin with checkout-", "'search-c'");
    }

    @Test
    void whoever_asks_too_often_is_told_when_to_come_again() {
        String token = make("greedy", ",\"requestsPerSecond\":1");

        List<Integer> codes = IntStream.range(0, 4).mapToObj(i -> list(token)).toList();

        assertThat(codes).startsWith(200, 200).contains(429);
        Response limited = server.callAs(token, "GET", "/api/v1/flags", "");
        assertThat(limited.code()).isEqualTo(429);
        assertThat(limited.header("Retry-After")).isEqualTo("1");
        assertThat(limited.json().getInteger("retryAfterSeconds")).isEqualTo(1);
        assertThat(list(server.admin())).isEqualTo(200);
    }
}
