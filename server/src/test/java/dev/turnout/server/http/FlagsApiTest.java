package dev.turnout.server.http;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.rollout.Rollout;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.Specs;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlagsApiTest {
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

    @Test
    void a_flag_is_made_read_and_changed_by_compare_and_set() {
        Response made = server.call("PUT", FLAGS + "cas", "{\"weight\":\"5%\"}", "If-None-Match", "*");
        assertThat(made.code()).isEqualTo(201);
        Response read = server.call("GET", FLAGS + "cas", "");
        assertThat(read.etag()).isEqualTo(made.etag());
        assertThat(read.json()).isEqualTo(made.json());

        Response changed = server.call("PUT", FLAGS + "cas", read.body().replace("5%", "7%"), "If-Match", read.etag());
        assertThat(changed.code()).as(changed.body()).isEqualTo(200);
        assertThat(changed.json().getString("weight")).isEqualTo("7%");

        Response late = server.call("PUT", FLAGS + "cas", read.body().replace("5%", "9%"), "If-Match", read.etag());
        assertThat(late.code()).isEqualTo(412);
        assertThat(late.json().getLong("currentVersion"))
                .isEqualTo(changed.json().getLong("version"));
        assertThat(server.call("PUT", FLAGS + "cas", "{}").code()).isEqualTo(428);
        assertThat(server.call("PUT", FLAGS + "cas", "{}", "If-None-Match", "*").code())
                .isEqualTo(412);
    }

    @Test
    void of_many_changes_of_one_version_one_wins() {
        String etag = server.call("PUT", FLAGS + "race", "{}").etag();

        long won = IntStream.rangeClosed(1, 10)
                .parallel()
                .map(percent -> server.call(
                                "PATCH", FLAGS + "race", "{\"weight\":\"" + percent + "%\"}", "If-Match", etag)
                        .code())
                .filter(code -> code == 200)
                .count();

        assertThat(won).isEqualTo(1);
    }

    @Test
    void a_patch_changes_what_it_names_and_keeps_who_and_why() {
        server.call("PUT", FLAGS + "patched", "{\"weight\":\"5%\",\"bucketBy\":\"tenant\",\"owner\":\"team\"}");

        Response patched = server.call(
                "PATCH", FLAGS + "patched", "{\"weight\":\"6%\",\"bucketBy\":null}", "X-Turnout-Reason", "more of it");

        assertThat(patched.code()).as(patched.body()).isEqualTo(200);
        assertThat(patched.json().getString("weight")).isEqualTo("6%");
        assertThat(patched.json().containsKey("bucketBy")).isFalse();
        assertThat(patched.json().getString("owner")).isEqualTo("team");
        JsonObject entry = server.call("GET", "/api/v1/audit?subject=flag:patched&limit=1", "")
                .json()
                .getJsonArray("entries")
                .getJsonObject(0);
        assertThat(entry.getString("reason")).isEqualTo("more of it");
        assertThat(entry.getString("actor")).startsWith("admin");
    }

    @Test
    void a_reason_that_no_header_can_hold_is_percent_encoded() {
        server.call("PUT", FLAGS + "spoken", "{\"weight\":\"5%\"}");
        String reason = "X-Turnout-Reason";

        assertThat(server.call(
                                "PATCH",
                                FLAGS + "spoken",
                                "{\"weight\":\"6%\"}",
                                reason,
                                "utf-8''R%C3%BCckkehr%20%2b+ 50%25")
                        .code())
                .isEqualTo(200);
        assertThat(server.call("GET", "/api/v1/audit?subject=flag:spoken&limit=1", "")
                        .json()
                        .getJsonArray("entries")
                        .getJsonObject(0)
                        .getString("reason"))
                .isEqualTo("Rückkehr ++ 50%");
        for (String malformed : List.of("UTF-8''50%", "UTF-8''%zz", "UTF-8''a%00b")) {
            Response refused = server.call("PATCH", FLAGS + "spoken", "{}", reason, malformed);
            assertThat(refused.code()).as(malformed).isEqualTo(400);
            assertThat(refused.json().getString("detail")).contains(reason, "percent-encoded");
        }
    }

    @Test
    void everything_wrong_with_a_flag_is_told_at_once() {
        Response refused = server.call(
                "PUT",
                FLAGS + "wrong",
                "{\"wieght\":\"5%\",\"weight\":\"500%\",\"state\":\"MAYBE\",\"variants\":{\"on\":1,\"off\":false},"
                        + "\"rolledBack\":\"by hand\"}");

        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .hasSize(5)
                .anyMatch(problem -> problem.startsWith("wieght is not known"))
                .anyMatch(problem -> problem.startsWith("weight: a percentage is from 0 to 100"))
                .anyMatch(problem -> problem.startsWith("state must be one of"))
                .anyMatch(problem -> problem.startsWith("rolledBack is not set by hand"))
                .anyMatch(problem -> problem.contains("one kind"));
        assertThat(server.call("GET", FLAGS + "wrong", "").code()).isEqualTo(404);
    }

    @Test
    void a_flag_on_its_rollout_goes_down_freely_and_up_only_by_force() {
        Run run = await(server.control.runs.start(Specs.spec("steered", "steered"), Specs.BUNDLE, BY_TEST));
        moveTo(run, 0, "5%");

        Response refused = server.call("PATCH", FLAGS + "steered", "{\"weight\":\"50%\"}");
        assertThat(refused.code()).as(refused.body()).isEqualTo(409);
        assertThat(server.call("PATCH", FLAGS + "steered?force=true", "{\"weight\":\"50%\"}")
                        .code())
                .isEqualTo(409);
        assertThat(server.call("PATCH", FLAGS + "steered?force=true", "{\"weight\":\"50%\",\"reason\":\"a demo\"}")
                        .code())
                .isEqualTo(200);

        assertThat(server.call("PATCH", FLAGS + "steered", "{\"weight\":\"1%\"}")
                        .code())
                .isEqualTo(200);
        JsonObject rollout = server.call("GET", "/api/v1/rollouts/steered", "").json();
        assertThat(rollout.getBoolean("paused")).isTrue();
        assertThat(rollout.getInteger("step")).isEqualTo(-1);
        assertThat(rollout.getString("weight")).isEqualTo("1%");
        assertThat(rollout.getString("because")).contains("set to 1%");
    }

    private static void moveTo(Run run, int step, String weight) {
        await(server.control.control.transaction(
                tx -> server.control.rollouts.lock(tx, run.id()).compose(row -> {
                    Rollout now = row.rollout();
                    RolloutRow there = row.with(
                                    new Rollout(now.plan(), Rollout.State.RUNNING, false, step, now.enteredAt(), -1),
                                    "test")
                            .withFullSince(Optional.empty());
                    return server.control
                            .rollouts
                            .save(tx, there)
                            .compose(saved -> server.control.flags.update(
                                    tx,
                                    run.flagKey(),
                                    flag -> flag.withWeight(dev.turnout.flags.Weight.parse(weight)),
                                    BY_TEST));
                })));
    }
}
