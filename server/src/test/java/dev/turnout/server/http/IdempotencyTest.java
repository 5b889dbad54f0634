package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdempotencyTest {
    private static final String KEY = "Idempotency-Key";

    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static Response kill(String flag, String reason, String key) {
        return server.call("POST", "/api/v1/flags/" + flag + "/kill", "{\"reason\":\"" + reason + "\"}", KEY, key);
    }

    private static String flag() {
        String flag = "f-" + UUID.randomUUID();
        server.call("PUT", "/api/v1/flags/" + flag, "{\"weight\":\"50%\"}");
        return flag;
    }

    @Test
    void a_repeated_request_is_done_once_and_gets_the_first_answer() {
        String flag = flag();
        Response first = kill(flag, "smoke", flag);
        assertThat(first.code()).as(first.body()).isEqualTo(200);
        assertThat(first.json().getString("rolledBack")).contains("smoke");

        Response again = kill(flag, "smoke", flag);

        assertThat(again.code()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.etag()).isEqualTo(first.etag());
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(kill(flag, "smoke", "another-" + flag).code()).isEqualTo(409);
    }

    @Test
    void a_key_belongs_to_one_request_of_one_token() {
        String flag = flag();
        kill(flag, "smoke", flag);
        Response reused = kill(flag, "fire", flag);
        assertThat(reused.code()).isEqualTo(422);
        assertThat(reused.json().getString("detail")).contains(flag, "another request");
        assertThat(kill(flag(), "smoke", flag).code()).isEqualTo(422);
        assertThat(kill(flag, "smoke", "a key").code()).isEqualTo(400);
    }

    @Test
    void what_was_refused_may_be_sent_again_with_its_key() {
        String flag = flag();
        assertThat(kill("not-yet-" + flag, "smoke", "k-" + flag).code()).isEqualTo(404);
        server.call("PUT", "/api/v1/flags/not-yet-" + flag, "{}");
        assertThat(kill("not-yet-" + flag, "smoke", "k-" + flag).code()).isEqualTo(200);
    }

    @Test
    void of_requests_that_come_together_one_is_done() {
        String flag = flag();

        List<Response> all = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> kill(flag, "smoke", flag))
                .toList();

        assertThat(all)
                .allMatch(response -> response.code() == 200
                        || (response.code() == 409 && response.body().contains("is being done")));
        assertThat(all).filteredOn(response -> response.code() == 200).isNotEmpty();
        assertThat(server.call("GET", "/api/v1/incidents?flag=" + flag, "")
                        .json()
                        .getJsonArray("incidents"))
                .hasSize(1);
    }

    @Test
    void a_secret_is_not_kept_and_a_day_later_a_key_is_free() throws Exception {
        String body = "{\"name\":\"once\",\"roles\":[\"report\"]}";
        assertThat(server.call("POST", "/api/v1/tokens", body, KEY, "t").code()).isEqualTo(201);
        Response again = server.call("POST", "/api/v1/tokens", body, KEY, "t");
        assertThat(again.code()).isEqualTo(409);
        assertThat(again.json().getString("detail")).contains("rotate");
        assertThat(server.control.database.query("SELECT r::text FROM idempotent_request r"))
                .noneMatch(row -> row.contains("turnout_"));

        server.control.database.execute("UPDATE idempotent_request SET begun_at = begun_at - interval '25 hours'");
        assertThat(server.call("POST", "/api/v1/tokens", body.replace("once", "twice"), KEY, "t")
                        .code())
                .isEqualTo(201);
        assertThat(server.control.database.query("SELECT key FROM idempotent_request"))
                .containsExactly("t");
    }

    @Test
    void what_its_server_never_finished_may_be_begun_again() throws Exception {
        String flag = flag();
        kill(flag, "smoke", flag);
        String row = " WHERE key = '" + flag + "'";
        server.control.database.execute("UPDATE idempotent_request SET status = NULL, body = NULL" + row);
        assertThat(kill(flag, "smoke", flag).body()).contains("is being done");
        server.control.database.execute(
                "UPDATE idempotent_request SET begun_at = begun_at - interval '2 minutes'" + row);
        assertThat(kill(flag, "smoke", flag).body()).contains("is rolled back already");
    }
}
