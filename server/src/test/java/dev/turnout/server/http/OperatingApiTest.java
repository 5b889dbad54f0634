package dev.turnout.server.http;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Specs;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.backfill.RejectedRow;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.ClaimLost;
import dev.turnout.worker.run.RunBoard.Log;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Rejected;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.verify.Demand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server alone: what a worker would do is done on the board, as in a set-up where only workers reach the database. */
class OperatingApiTest {
    private static final String MIGRATION = "/api/v1/migrations/m";
    private static final String REPORTS = MIGRATION + "/reports/";

    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        await(server.control.runs.start(Specs.spec("m", "f"), Specs.BUNDLE, ControlFixture.BY_TEST));
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private Claim claim() {
        return await(server.control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1)))
                .get(0);
    }

    private Response tune(String body) {
        return server.call("PATCH", MIGRATION + "/tuning", body);
    }

    @Test
    void a_backfill_is_tuned_word_by_word() {
        Response tuned = tune("{\"batch\":\"100ms\",\"lanes\":4,\"throttle\":\"the sale\",\"reason\":\"load\"}");
        assertThat(tuned.code()).as(tuned.body()).isEqualTo(200);
        assertThat(tuned.json().getJsonObject("tuning"))
                .isEqualTo(
                        new JsonObject().put("batch", "100ms").put("lanes", "4").put("throttle", "the sale"));
        tuned = tune("{\"throttle\":null,\"window\":\"22:00-6:00 Europe/Berlin\"}");
        assertThat(tuned.json().getJsonObject("tuning").getMap().keySet()).containsExactly("batch", "lanes", "window");
        assertThat(claim().orders().tuning().words())
                .isEqualTo(Map.of("batch", "100ms", "lanes", "4", "window", "22:00-06:00 Europe/Berlin"));
        assertThat(server.call("GET", MIGRATION, "")
                        .json()
                        .getJsonObject("tuning")
                        .getString("lanes"))
                .isEqualTo("4");
        assertThat(server.call("GET", "/api/v1/audit?subject=migration:m", "").body())
                .contains("run.tune", "load", "100ms");
    }

    @Test
    void every_word_that_is_wrong_is_named_at_once_and_nothing_is_changed() {
        Response refused =
                tune("{\"batch\":\"soon\",\"lanes\":99,\"query\":\"DROP TABLE t\",\"window\":[1],\"speed\":null}");
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .anyMatch(problem -> problem.startsWith("batch must be a duration"))
                .anyMatch(problem -> problem.startsWith("lanes must be a whole number from 1 to 16"))
                .anyMatch(problem -> problem.startsWith("query must be one statement"))
                .anyMatch(problem -> problem.startsWith("window must be"))
                .anyMatch(problem -> problem.startsWith("speed is not known here"));
        assertThat(claim().orders().tuning().words()).isEmpty();
        assertThat(server.call("PATCH", "/api/v1/migrations/other/tuning", "{}").code())
                .isEqualTo(404);
    }

    @Test
    void rows_put_aside_are_listed_page_by_page_as_the_worker_saw_them_and_tried_again_on_demand() {
        JsonObject before = server.call("GET", MIGRATION + "/rejected", "").json();
        assertThat(before.getString("asOf")).isEqualTo("no worker has looked yet");

        List<RejectedRow> rows = LongStream.rangeClosed(1, 5)
                .mapToObj(id -> new RejectedRow(
                        Side.OLD, id, "visits", "{\"id\": " + id + "}", "BACKFILL", "22P02", "bad <b>", Instant.EPOCH))
                .toList();
        await(server.control.claims.rejected(claim(), new Rejected(7, rows, List.of()), 0));

        JsonObject page =
                server.call("GET", MIGRATION + "/rejected?limit=2", "").json();
        assertThat(page.getInteger("total")).isEqualTo(7);
        assertThat(page.getInteger("next")).isEqualTo(4);
        assertThat(page.getJsonArray("rows").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("id", 1)
                        .put("side", "OLD")
                        .put("table", "visits")
                        .put("key", new JsonObject().put("id", 1))
                        .put("phase", "BACKFILL")
                        .put("sqlstate", "22P02")
                        .put("error", "bad <b>")
                        .put("at", "1970-01-01T00:00:00Z"));
        page = server.call("GET", MIGRATION + "/rejected?cursor=8", "").json();
        assertThat(page.getJsonArray("rows")).hasSize(1);
        assertThat(page.containsKey("next")).isFalse();
        assertThat(server.call("GET", MIGRATION, "").json().getInteger("rejected"))
                .isEqualTo(7);
        assertThat(server.call("GET", MIGRATION + "/rejected?limit=0", "").code())
                .isEqualTo(400);

        assertThat(server.call("POST", MIGRATION + "/rejected/retry", "{\"reason\":\"mended\"}")
                        .code())
                .isEqualTo(202);
        assertThat(server.call("GET", MIGRATION + "/rejected", "").json().getBoolean("retryPending"))
                .isTrue();
        await(server.control.claims.rejected(
                claim(), new Rejected(0, List.of(), List.of()), claim().orders().retries()));
        page = server.call("GET", MIGRATION + "/rejected", "").json();
        assertThat(page.getBoolean("retryPending")).isFalse();
        assertThat(page.getJsonArray("rows")).isEmpty();
    }

    @Test
    void rows_are_verified_anew_on_demand_once_and_how_far_that_is_stands_with_the_migration() {
        Response early = server.call("POST", MIGRATION + "/verify", "{\"reason\":\"a doubt\"}");
        assertThat(early.code()).isEqualTo(409);
        assertThat(early.json().getString("detail")).contains("is in CREATED", "from VERIFYING on");
        enter(Phase.CREATED, Phase.ROLLING_OUT, Map.of());

        Response asked = server.call("POST", MIGRATION + "/verify", "{\"reason\":\"a doubt\"}");
        assertThat(asked.code()).as(asked.body()).isEqualTo(202);
        JsonObject verification = asked.json().getJsonObject("verification");
        assertThat(verification.getString("state")).isEqualTo("OPEN");
        assertThat(verification.getString("reason")).isEqualTo("a doubt");
        assertThat(server.call("POST", MIGRATION + "/verify", "").json().getJsonObject("verification"))
                .isEqualTo(verification);
        assertThat(server.call("POST", MIGRATION + "/verify", "{\"tables\":[]}").code())
                .isEqualTo(422);
        assertThat(server.call("POST", "/api/v1/migrations/none/verify", "").code())
                .isEqualTo(404);

        Claim claim = claim();
        Demand.Met met = new Demand.Met(claim.orders().demands().get(0).id(), 7, 3, 1, false);
        await(server.control.claims.note(
                claim,
                new Note(
                        "",
                        Map.of(),
                        List.of(),
                        "",
                        Optional.of(new Verified(Optional.empty(), 1, Ages.NONE, List.of(met))))));
        JsonObject told = server.call("GET", MIGRATION, "")
                .json()
                .getJsonArray("verifications")
                .getJsonObject(0);
        assertThat(told.getInteger("done")).isEqualTo(3);
        assertThat(told.getInteger("chunks")).isEqualTo(7);
        assertThat(told.getInteger("differences")).isEqualTo(1);
        assertThat(server.call("GET", "/api/v1/audit?subject=migration:m&action=run.verify", "")
                        .body())
                .contains("a doubt");

        String of = MIGRATION + "/verifications/";
        Response cancelled = server.call("POST", of + met.demand() + "/cancel", "{\"reason\":\"für heute genug\"}");
        assertThat(cancelled.code()).as(cancelled.body()).isEqualTo(200);
        verification = cancelled.json().getJsonObject("verification");
        assertThat(verification.getString("state")).isEqualTo("UNMET");
        assertThat(verification.getString("unmet"))
                .startsWith("cancelled by admin")
                .endsWith(": für heute genug");
        assertThat(verification.getInteger("done")).isEqualTo(3);
        assertThat(cancelled.json().getString("name")).isEqualTo("m");
        Response again = server.call("POST", of + met.demand() + "/cancel", "");
        assertThat(again.code()).isEqualTo(409);
        assertThat(again.json().getString("detail")).contains("is over already: cancelled by admin");
        assertThat(server.call("POST", of + "4711/cancel", "").code()).isEqualTo(404);
        assertThat(server.call("POST", of + "x/cancel", "").code()).isBetween(400, 404);
        assertThat(server.call("POST", of + "99999999999999999999/cancel", "").code())
                .isBetween(400, 404);
        assertThat(server.call("POST", of + met.demand() + "/cancel", "{\"because\":\"x\"}")
                        .code())
                .isEqualTo(422);
        assertThat(server.call("GET", "/api/v1/audit?subject=migration:m&action=run.cancel-verification", "")
                        .body())
                .contains("für heute genug");
    }

    @Test
    void what_was_done_to_the_schema_and_the_latest_batches_are_told_and_kept_short() throws Exception {
        assertThat(server.call("GET", MIGRATION + "/log", "").json())
                .isEqualTo(new JsonObject().put("changes", new JsonArray()).put("batches", new JsonObject()));
        Instant at = server.control.clock.instant();
        SchemaLog.What what = new SchemaLog.What(Phase.EXPANDING, 0, "add columns visits (<b>)", false);
        SchemaLog.Line failed =
                new SchemaLog.Line("clinic", what, SchemaLog.State.FAILED, 2, "lock timeout", at, Optional.empty());
        Claim claim = claim();
        await(server.control.claims.logged(claim, new Log(Optional.of(List.of(failed)), batches("visits", 1, 30, at))));
        await(server.control.claims.logged(claim, new Log(Optional.empty(), batches("visits", 31, 30, at))));
        SchemaLog.Line done = new SchemaLog.Line(
                "clinic", what, SchemaLog.State.APPLIED, 2, "lock timeout", at, Optional.of(Duration.ofMillis(12)));
        SchemaLog.Line back = new SchemaLog.Line(
                "clinic",
                new SchemaLog.What(Phase.EXPANDING, 0, "add columns visits (<b>)", true),
                SchemaLog.State.BEGUN,
                0,
                "",
                at,
                Optional.empty());
        await(server.control.claims.logged(
                claim, new Log(Optional.of(List.of(done, back)), batches("rooms", 1, 3, at))));

        JsonObject log = server.call("GET", MIGRATION + "/log?last=40", "").json();
        assertThat(log.getJsonArray("changes")).hasSize(2);
        assertThat(log.getJsonArray("changes").getJsonObject(0).getBoolean("undo"))
                .isTrue();
        assertThat(log.getJsonArray("changes").getJsonObject(1))
                .isEqualTo(new JsonObject()
                        .put("at", at.toString())
                        .put("database", "clinic")
                        .put("phase", "EXPANDING")
                        .put("change", "add columns visits (<b>)")
                        .put("undo", false)
                        .put("state", "APPLIED")
                        .put("tookMs", 12)
                        .put("failures", 2)
                        .put("lastFailure", "lock timeout"));
        assertThat(log.getJsonObject("batches").getMap().keySet()).containsExactly("rooms", "visits");
        assertThat(log.getJsonObject("batches").getJsonArray("visits")).hasSize(BatchLog.KEPT);
        assertThat(log.getJsonObject("batches").getJsonArray("visits").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("at", at.toString())
                        .put("rows", 60)
                        .put("tookMs", 50)
                        .put("putAside", false)
                        .put("worker", "w")
                        .put("lane", 1)
                        .put("waitedMs", 250)
                        .put("waitedFor", "a replica is 7 s behind"));
        assertThat(server.control.database.one("SELECT count(*) FROM batch_log"))
                .isEqualTo(Integer.toString(BatchLog.KEPT + 3));
        JsonObject rooms = server.call("GET", MIGRATION + "/log?last=2&table=rooms", "")
                .json()
                .getJsonObject("batches");
        assertThat(rooms.getMap().keySet()).containsExactly("rooms");
        assertThat(rooms.getJsonArray("rooms")).hasSize(2);
        assertThat(server.call("GET", MIGRATION + "/log?last=41", "").code()).isEqualTo(400);
        assertThat(server.call("GET", "/api/v1/migrations/none/log", "").code()).isEqualTo(404);

        await(server.control.claims.release(claim));
        await(server.control.claims.claim("v", List.of("clinic"), Duration.ofMinutes(1)));
        assertThatThrownBy(() -> await(server.control.claims.logged(claim, new Log(Optional.of(List.of()), List.of()))))
                .isInstanceOf(ClaimLost.class);
        assertThat(server.call("GET", MIGRATION + "/log", "").json().getJsonArray("changes"))
                .hasSize(2);
    }

    /** With as many rows each as its number says. */
    private static List<BatchLog.Line> batches(String table, int from, int count, Instant at) {
        return IntStream.range(from, from + count)
                .mapToObj(nr -> new BatchLog.Line(
                        table,
                        at,
                        nr,
                        Duration.ofMillis(50),
                        false,
                        new BatchLog.Lane("w", 1),
                        BatchLog.Waited.NOT.and(Duration.ofMillis(250), "a replica is 7 s behind")))
                .toList();
    }

    private void enter(Phase from, Phase to, Map<String, Object> report) {
        await(server.control.claims.enter(claim(), from, to, "done", report));
    }

    private static Map<String, Object> check(String name, String state) {
        return Map.of("of", "visits", "name", name, "state", state, "expected", "0", "found", "0 | 1");
    }

    @Test
    void reports_come_as_json_and_as_markdown_and_say_the_same_twice() {
        assertThat(server.call("GET", REPORTS + "baseline", "").code()).isEqualTo(404);
        enter(
                Phase.CREATED,
                Phase.EXPANDING,
                Map.of(
                        "tables", List.of(Map.of("table", "visits", "estimatedRows", 9, "bytes", 8192)),
                        "warnings", List.of("slow <disk>"),
                        "baseline",
                                Map.of(
                                        "at",
                                        "2026-01-05T09:00:00Z",
                                        "tookMs",
                                        1500,
                                        "checks",
                                        List.of(check("rows", "NOTED"), check("orphans", "FAILED")))));

        Response baseline = server.call("GET", REPORTS + "baseline", "");
        assertThat(baseline.code()).as(baseline.body()).isEqualTo(200);
        assertThat(baseline.json().getString("status")).isEqualTo("FAILED");
        assertThat(baseline.json().getJsonObject("checked"))
                .isEqualTo(new JsonObject()
                        .put("passed", 0)
                        .put("failed", 1)
                        .put("unknown", 0)
                        .put("noted", 1));
        assertThat(baseline.json().getString("took")).isEqualTo("1.5 s");
        Response text = server.call("GET", REPORTS + "baseline", "", "Accept", "text/markdown");
        assertThat(text.type()).isEqualTo("text/markdown; charset=utf-8");
        assertThat(text.body())
                .startsWith("# m: baseline report\n")
                .contains("- status: FAILED\n", "| visits | orphans | FAILED | 0 | 0 \\| 1 |\n", "- slow \\<disk\\>");
        assertThat(server.call("GET", REPORTS + "baseline", "").body()).isEqualTo(baseline.body());

        assertThat(server.call("GET", REPORTS + "validation", "").code()).isEqualTo(404);
        assertThat(server.call("GET", REPORTS + "nonsense", "").code()).isEqualTo(404);
        server.control.clock.pass(Duration.ofMinutes(90));
        enter(Phase.EXPANDING, Phase.VERIFYING, Map.of());
        Map<String, Object> table = Map.of(
                "table",
                "visits",
                "total",
                9,
                "migrated",
                8,
                "failed",
                1,
                "verifiedChunks",
                2,
                "chunks",
                2,
                "tookMs",
                7_300_000);
        enter(
                Phase.VERIFYING,
                Phase.READY,
                Map.of(
                        "rows",
                        9,
                        "validation",
                        Map.of(
                                "at",
                                "2026-01-05T10:30:00Z",
                                "tookMs",
                                12,
                                "tables",
                                List.of(table),
                                "checks",
                                List.of(check("mismatches", "PASSED")))));
        RejectedRow row =
                new RejectedRow(Side.OLD, 1, "visits", "{\"id\": 3}", "BACKFILL", "22P02", "bad", Instant.EPOCH);
        await(server.control.claims.rejected(claim(), new Rejected(1, List.of(row), List.of()), 0));
        tune("{\"lanes\":4}");

        JsonObject validation = server.call("GET", REPORTS + "validation", "").json();
        assertThat(validation.getString("status")).isEqualTo("PASSED");
        assertThat(validation.getJsonArray("tables").getJsonObject(0).getString("took"))
                .isEqualTo("2.0 h");
        assertThat(validation
                        .getJsonObject("rejected")
                        .getJsonArray("rows")
                        .getJsonObject(0)
                        .getString("error"))
                .isEqualTo("bad (22P02)");
        assertThat(validation.getJsonObject("tuning").getString("lanes")).isEqualTo("4");
        assertThat(validation.getJsonArray("phases").getJsonObject(1))
                .isEqualTo(new JsonObject()
                        .put("phase", "EXPANDING")
                        .put("from", "2026-01-05T09:00:00Z")
                        .put("to", "2026-01-05T10:30:00Z")
                        .put("took", "90.0 min")
                        .put("because", "done"));
        assertThat(server.call("GET", REPORTS + "validation", "", "Accept", "text/markdown")
                        .body())
                .contains("| visits | 9 | 8 | 1 | 2 | 2 | 2.0 h |");
    }

    @Test
    void rollouts_and_what_applications_met_are_listed() {
        assertThat(server.call("GET", "/api/v1/rollouts?state=idle", "")
                        .json()
                        .getJsonArray("rollouts")
                        .getJsonObject(0)
                        .getString("flag"))
                .isEqualTo("f");
        assertThat(server.call("GET", "/api/v1/rollouts?state=latched", "")
                        .json()
                        .getJsonArray("rollouts"))
                .isEmpty();
        assertThat(server.call("GET", "/api/v1/rollouts?state=asleep", "").code())
                .isEqualTo(400);
        assertThat(server.call("GET", "/api/v1/flags/f/outcomes?hours=48", "")
                        .json()
                        .getJsonArray("hours"))
                .isEmpty();
    }

    @Test
    void what_was_decided_on_another_state_is_not_done() {
        String run = server.call("GET", MIGRATION, "").etag();
        Response tuned = server.call("PATCH", MIGRATION + "/tuning", "{\"lanes\":4}", "If-Match", run);
        assertThat(tuned.code()).as(tuned.body()).isEqualTo(200);
        assertThat(tuned.etag()).isNotEqualTo(run);
        for (String verb : List.of("pause", "rollback", "approve", "rejected/retry")) {
            Response late = server.call("POST", MIGRATION + "/" + verb, "{}", "If-Match", run);
            assertThat(late.code()).as(verb).isEqualTo(412);
            assertThat("\"" + late.json().getString("currentVersion") + "\"").isEqualTo(tuned.etag());
        }
        assertThat(server.call("POST", MIGRATION + "/pause", "{}", "If-Match", tuned.etag())
                        .code())
                .isEqualTo(202);

        String rollout = server.call("GET", "/api/v1/rollouts/f", "").etag();
        assertThat(server.call("POST", "/api/v1/rollouts/f/approve", "{}", "If-Match", rollout)
                        .code())
                .isEqualTo(200);
        for (String verb : List.of("approve", "pause", "resume", "rollback")) {
            assertThat(server.call("POST", "/api/v1/rollouts/f/" + verb, "{}", "If-Match", rollout)
                            .code())
                    .as(verb)
                    .isEqualTo(412);
        }
        assertThat(server.call("POST", "/api/v1/rollouts/f/pause", "{}", "If-Match", "7")
                        .code())
                .isEqualTo(400);
    }
}
