package dev.turnout.server.console;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.migration.Phase;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Log;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.verify.Demand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker tells of the verification's ages reaches programs and people. */
class CoverageTest {
    private static final String HOSPITAL = "/migrations/dynamic-services";

    @Test
    void ages_are_in_the_document_and_a_map_on_the_page(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            String database = started(server).getString("database");
            Visitor operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
            assertThat(document(server).getJsonObject("coverage")).isEqualTo(new JsonObject());
            assertThat(operator.get(HOSPITAL).body()).doesNotContain("By age, along the keys");

            Instant now = server.control.clock.instant();
            Instant hourAgo = now.minus(Duration.ofHours(1));
            Instant daysAgo = now.minus(Duration.ofDays(3));
            Ages ages = new Ages(Map.of(
                    "reservations",
                    List.of(Optional.of(hourAgo), Optional.of(daysAgo), Optional.empty()),
                    "<hostile>",
                    List.of(Optional.empty())));
            Claim claim = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0);
            await(server.control.claims.note(
                    claim,
                    new Note("", Map.of(), List.of(), "", Optional.of(new Verified(Optional.empty(), 0, ages)))));

            JsonObject document = document(server);
            assertThat(document.getJsonObject("coverage").getJsonArray("reservations"))
                    .isEqualTo(new JsonArray()
                            .add(hourAgo.toString())
                            .add(daysAgo.toString())
                            .addNull());
            assertThat(document.getJsonObject("progress")).isEqualTo(new JsonObject());
            assertThat(Duration.parse(document.getJsonObject("rollout").getString("verifyMaxAge")))
                    .isLessThan(Duration.ofDays(3));
            String page = operator.get(HOSPITAL).body();
            assertThat(page)
                    .contains(
                            "aria-label=\"Ages of the verification of reservations: oldest 3 d ago, newest 1 h ago, 1 of 3"
                                    + " ranges never verified\"",
                            "<title>Range 1 of 3: verified 1 h ago</title>",
                            "<title>Range 3 of 3: never verified</title>",
                            "older: the rollout waits",
                            "&lt;hostile")
                    .doesNotContain("<hostile", "style=");
            for (String kind : List.of("fresh", "overdue", "never")) {
                assertThat(page).containsPattern("<rect class=\"" + kind + "\" x=\"\\d+\" y=\"1\" width=\"8\"");
            }
        }
    }

    @Test
    void the_map_stays_as_it_was_when_one_side_began_to_go(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            String database = started(server).getString("database");
            Visitor operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
            Instant then = server.control.clock.instant();
            Claim claim = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0);
            await(server.control.claims.enter(claim, Phase.CREATED, Phase.VERIFYING, "moved", Map.of()));
            Ages ages = new Ages(Map.of("reservations", List.of(Optional.of(then), Optional.empty())));
            await(server.control.claims.note(
                    claim,
                    new Note("", Map.of(), List.of(), "", Optional.of(new Verified(Optional.empty(), 0, ages)))));
            assertThat(operator.get(HOSPITAL).body())
                    .contains(
                            "<rect class=\"fresh\"",
                            "Range 1 of 2: verified now",
                            "older: the rollout waits",
                            "Next action");

            server.control.clock.pass(Duration.ofMinutes(5));
            await(server.control.claims.enter(claim, Phase.VERIFYING, Phase.ROLLING_BACK, "no", Map.of()));
            server.control.clock.pass(Duration.ofDays(9));
            await(server.control.claims.enter(claim, Phase.ROLLING_BACK, Phase.ROLLED_BACK, "gone", Map.of()));
            assertThat(operator.get(HOSPITAL).body())
                    .contains(
                            "as it was at the end",
                            "<rect class=\"fresh\" x=\"1\"",
                            "Range 1 of 2: verified 5 min before the end")
                    .doesNotContain("the rollout waits", "Next action", "verify-form");
        }
    }

    @Test
    void a_form_has_the_rows_of_a_table_verified_anew_and_the_page_shows_how_far_that_is(@TempDir Path data)
            throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            String database = started(server).getString("database");
            Visitor operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
            assertThat(operator.get(HOSPITAL).body()).doesNotContain("verify-form");
            Claim claim = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0);
            await(server.control.claims.enter(claim, Phase.CREATED, Phase.SOAKING, "complete", Map.of()));
            assertThat(operator.get(HOSPITAL).body()).contains("verify-form", "<option>reservations</option>");

            assertThat(operator.act("verify", "of", "dynamic-services", "table", "rooms", "reason", "a doubt")
                            .body())
                    .contains("must be one that the migration moves: reservations");
            assertThat(operator.act("verify", "of", "dynamic-services", "table", "reservations", "reason", "<doubt>")
                            .statusCode())
                    .isEqualTo(303);
            assertThat(operator.get(HOSPITAL).body()).contains("no worker has told yet", "&lt;doubt");

            Demand demand = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0)
                    .orders()
                    .demands()
                    .get(0);
            assertThat(demand.table()).contains("reservations");
            tell(server, claim, new Demand.Met(demand.id(), 8, 2, 0, false));
            assertThat(operator.get(HOSPITAL).body())
                    .contains("value=\"25\" aria-label=\"reservations\"", "2 of 8 ranges · no difference found");
            tell(server, claim, new Demand.Met(demand.id(), 8, 8, 4, true));
            assertThat(operator.get(HOSPITAL).body())
                    .contains("8 of 8 ranges · 4 rows differed", "<span class=\"tag bad\">differences</span>")
                    .doesNotContain("cancel-verification");
        }
    }

    @Test
    void what_is_under_way_can_be_cancelled_on_the_page_and_says_how_far_it_was(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            String database = started(server).getString("database");
            Visitor operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
            Claim claim = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0);
            await(server.control.claims.enter(claim, Phase.CREATED, Phase.SOAKING, "complete", Map.of()));
            operator.act("verify", "of", "dynamic-services", "reason", "a doubt");
            long id = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0)
                    .orders()
                    .demands()
                    .get(0)
                    .id();
            assertThat(operator.get(HOSPITAL).body())
                    .contains(
                            "action=\"/do/cancel-verification\"",
                            "name=\"verification\" value=\"" + id + "\"",
                            "<label for=\"verification-gone-" + id + "\">");
            tell(server, claim, new Demand.Met(id, 8, 2, 0, false));
            assertThat(operator.act(
                                    "cancel-verification",
                                    "of",
                                    "dynamic-services",
                                    "verification",
                                    Long.toString(id),
                                    "reason",
                                    "<busy>")
                            .statusCode())
                    .isEqualTo(303);
            tell(server, claim, new Demand.Met(id, 8, 8, 0, true));
            assertThat(operator.get(HOSPITAL).body())
                    .contains(
                            "value=\"25\" aria-label=\"every row\"",
                            "2 of 8 ranges · no difference found in them",
                            "ended before every row was verified: cancelled by",
                            ": &lt;busy")
                    .doesNotContain("<busy", "action=\"/do/cancel-verification\"");
            assertThat(operator.act(
                                    "cancel-verification",
                                    "of",
                                    "dynamic-services",
                                    "verification",
                                    Long.toString(id),
                                    "reason",
                                    "twice")
                            .body())
                    .contains("is over already");
        }
    }

    @Test
    void the_page_has_what_was_done_to_the_schema_and_the_latest_batches(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            String database = started(server).getString("database");
            Visitor operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
            assertThat(operator.get(HOSPITAL).body()).contains("None so far.");
            Claim claim = await(server.control.claims.claim("worker", List.of(database), Duration.ofMinutes(1)))
                    .get(0);
            Instant at = server.control.clock.instant();
            await(server.control.claims.logged(
                    claim,
                    new Log(
                            Optional.of(List.of(new SchemaLog.Line(
                                    database,
                                    new SchemaLog.What(Phase.EXPANDING, 0, "run <services>.sql", false),
                                    SchemaLog.State.FAILED,
                                    2,
                                    "lock <timeout>",
                                    at,
                                    Optional.of(Duration.ofMillis(12))))),
                            List.of(new BatchLog.Line(
                                    "<reservations>",
                                    at,
                                    1_500,
                                    Duration.ofMillis(48),
                                    true,
                                    new BatchLog.Lane("worker", 3),
                                    BatchLog.Waited.NOT.and(Duration.ofSeconds(7), "a <replica>"))))));
            assertThat(operator.get(HOSPITAL).body())
                    .contains(
                            "run &lt;services",
                            "<span class=\"tag failed\">failed</span>",
                            "failed 2 time(s), the last with: lock &lt;timeout",
                            "Latest batches of &lt;reservations",
                            "1\u202f500",
                            "worker / 3",
                            "7 s: a &lt;replica",
                            "a row put aside")
                    .doesNotContain("<services", "<timeout", "<reservations", "<replica", "style=");
        }
    }

    private static void tell(ServerFixture server, Claim claim, Demand.Met met) {
        await(server.control.claims.note(
                claim,
                new Note(
                        "",
                        Map.of(),
                        List.of(),
                        "",
                        Optional.of(new Verified(Optional.empty(), 0, Ages.NONE, List.of(met))))));
    }

    private static JsonObject document(ServerFixture server) {
        return server.call("GET", "/api/v1" + HOSPITAL, "").json();
    }

    private static JsonObject started(ServerFixture server) throws Exception {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("sql")) ? here : here.resolve("..");
        Bundle bundle = BundleFiles.read(root.resolve("sql/migrations/dynamic-services/migration.yaml"));
        JsonObject files = new JsonObject();
        bundle.files().forEach(files::put);
        ServerFixture.Response answer = server.call(
                "POST",
                "/api/v1/migrations",
                new JsonObject().put("main", bundle.main()).put("files", files).encode());
        assertThat(answer.code()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }
}
