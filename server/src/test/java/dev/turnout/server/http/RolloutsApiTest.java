package dev.turnout.server.http;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Role;
import dev.turnout.server.control.Specs;
import dev.turnout.worker.run.RunBoard.Claim;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutsApiTest {
    private static final String ROLLOUTS = "/api/v1/rollouts/";
    private static final String PLAN =
            "{\"steps\":[{\"to\":\"5%\",\"soak\":\"24h\"},{\"to\":\"100%\",\"soak\":\"PT168H\",\"approve\":true}],"
                    + "\"minUnits\":0,\"holdback\":\"5%\",\"windows\":[\"Mon-Fri 9:00-16:00 Europe/Berlin\"],\"fourEyes\":true,"
                    + "\"reason\":\"a new search\"}";

    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static Response post(String path, String body) {
        return server.call("POST", path, body);
    }

    @Test
    void a_flag_goes_by_a_plan_of_its_own_until_that_is_ended() {
        server.call("PUT", "/api/v1/flags/search", "{}");
        Response begun = post(ROLLOUTS + "search", PLAN);
        assertThat(begun.code()).as(begun.body()).isEqualTo(201);
        JsonObject rollout = begun.json();
        assertThat(rollout.containsKey("migration")).isFalse();
        assertThat(rollout.getString("begunBy")).startsWith("admin");
        assertThat(rollout.getString("holdback")).isEqualTo("5%");
        assertThat(rollout.getJsonArray("windows")).isEqualTo(new JsonArray().add("Mon-Fri 09:00-16:00 Europe/Berlin"));
        assertThat(rollout.getJsonArray("steps").getJsonObject(1).getString("soak"))
                .isEqualTo("PT168H");
        assertThat(post(ROLLOUTS + "search", PLAN).code()).isEqualTo(409);
        assertThat(post(ROLLOUTS + "nothing", PLAN).code()).isEqualTo(404);

        Response mine = post(ROLLOUTS + "search/approve", "{}");
        assertThat(mine.code()).isEqualTo(409);
        assertThat(mine.body()).contains("four eyes");
        String other = server.token(new Caller("bert", Set.of(Role.OPERATE)));
        assertThat(server.callAs(other, "POST", ROLLOUTS + "search/approve", "{}")
                        .json()
                        .getString("approvedBy"))
                .isEqualTo("bert");

        Response skipped = post(ROLLOUTS + "search/skip", "{\"to\":\"95%\"}");
        assertThat(skipped.code()).isEqualTo(409);
        assertThat(skipped.body()).contains("force it with a reason");
        skipped = server.callAs(
                other, "POST", ROLLOUTS + "search/skip", "{\"to\":\"95%\",\"force\":true,\"reason\":\"a demo\"}");
        assertThat(skipped.code()).as(skipped.body()).isEqualTo(200);
        assertThat(skipped.json().getString("weight")).isEqualTo("95%");

        Response ended = post(ROLLOUTS + "search/end", "{}");
        assertThat(ended.json().getString("state")).isEqualTo("ENDED");
        assertThat(server.call("GET", "/api/v1/flags/search", "").json().getString("weight"))
                .isEqualTo("95%");
        assertThat(server.call("GET", "/api/v1/rollouts?state=ended", "").body())
                .contains("\"search\"");
    }

    @Test
    void everything_wrong_with_a_plan_is_told_at_once() {
        server.call("PUT", "/api/v1/flags/wrong", "{}");
        Response refused = post(
                ROLLOUTS + "wrong",
                "{\"steps\":[{\"to\":\"five\",\"soak\":\"soon\"}],\"windows\":[\"Monday\"],\"holdback\":\"101%\",\"minUnits\":-1}");
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.body())
                .contains(
                        "steps[0].to: a weight is written as",
                        "steps[0].soak must be a duration",
                        "windows has 'Monday'")
                .contains("holdback: a percentage is from 0 to 100", "minUnits");
        assertThat(post(ROLLOUTS + "wrong", "{\"steps\":[]}").body()).contains("must be a list of at least one");
        assertThat(post(ROLLOUTS + "wrong", PLAN.replace("\"5%\",\"soak\"", "\"100%\",\"soak\""))
                        .body())
                .contains("steps: steps rise");
        assertThat(post(ROLLOUTS + "wrong", PLAN.replace("minUnits", "minunits"))
                        .code())
                .isEqualTo(422);
    }

    @Test
    void steps_are_frozen_for_all_or_for_one_and_seen_by_everybody() {
        server.call("PUT", "/api/v1/flags/frozen", "{}");
        assertThat(post("/api/v1/freeze", "{}").code()).as("without a reason").isEqualTo(409);
        Response frozen = post("/api/v1/freeze", "{\"reason\":\"the sale\"}");
        assertThat(frozen.code()).as(frozen.body()).isEqualTo(200);
        post(ROLLOUTS + "frozen/freeze", "{\"reason\":\"a doubt\"}");
        JsonArray all = server.call("GET", "/api/v1/freezes", "").json().getJsonArray("freezes");
        assertThat(all.stream()
                        .map(each ->
                                ((JsonObject) each).getString("flag") + " " + ((JsonObject) each).getString("reason")))
                .containsExactlyInAnyOrder("null the sale", "frozen a doubt");
        post(ROLLOUTS + "frozen", PLAN);
        assertThat(server.call("GET", ROLLOUTS + "frozen", "").json().getString("frozen"))
                .contains("every flag is frozen by admin", "this flag is frozen by admin");
        assertThat(post("/api/v1/thaw", "{}").json().getJsonArray("freezes")).hasSize(1);
        assertThat(post(ROLLOUTS + "frozen/thaw", "{}").json().getJsonArray("freezes"))
                .isEmpty();
        assertThat(post(ROLLOUTS + "frozen/thaw", "{}").code()).isEqualTo(409);

        String scoped = server.token(new Caller("scoped", Set.of(Role.OPERATE), Set.of("frozen"), OptionalInt.empty()));
        assertThat(server.callAs(scoped, "POST", ROLLOUTS + "frozen/freeze", "{\"reason\":\"x\"}")
                        .code())
                .isEqualTo(200);
        assertThat(server.callAs(scoped, "POST", "/api/v1/freeze", "{\"reason\":\"x\"}")
                        .code())
                .isEqualTo(403);
        post(ROLLOUTS + "frozen/thaw", "{}");
    }

    @Test
    void monitors_are_listed_with_all_they_go_by_and_measured_on_demand() {
        await(server.control.runs.start(Specs.spec("watched", "watched"), Specs.BUNDLE, BY_TEST));
        String monitors = "/api/v1/migrations/watched/monitors";
        assertThat(post(monitors + "/parity/run", "{}").code())
                .as("nothing is measured yet")
                .isEqualTo(409);
        Claim claim = await(server.control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1))).stream()
                .filter(each -> each.migration().equals("watched"))
                .findFirst()
                .orElseThrow();
        await(server.control.claims.enter(claim, Phase.CREATED, Phase.READY, "ready", Map.of()));
        JsonObject parity =
                server.call("GET", monitors, "").json().getJsonArray("monitors").getJsonObject(0);
        assertThat(parity.getMap())
                .containsEntry("source", "clinic")
                .containsEntry("failureCondition", "total <> 1")
                .containsEntry("consecutiveErrorLimit", 4)
                .containsEntry("count", 1)
                .containsEntry("timeout", "PT5S");
        Response asked = post(monitors + "/parity/run", "{\"reason\":\"curious\"}");
        assertThat(asked.code()).as(asked.body()).isEqualTo(202);
        assertThat(asked.json().getJsonArray("monitors")).hasSize(1);
        assertThat(post(monitors + "/none/run", "{}").code()).isEqualTo(404);
        assertThat(server.call("GET", "/api/v1/audit?subject=migration:watched", "")
                        .body())
                .contains("monitor.run", "curious");
    }
}
