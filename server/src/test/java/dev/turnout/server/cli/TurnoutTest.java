package dev.turnout.server.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Phase;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Specs;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Log;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.verify.Demand;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class TurnoutTest {
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private record Ran(int status, String out, String err) {}

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Turnout.commandLine(
                        Map.of("TURNOUT_SERVER", server.uri().toString(), "TURNOUT_DATA", server.data.toString()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        return new Ran(line.execute(arguments), out.toString(), err.toString());
    }

    private static String hospital() {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.isDirectory(here.resolve("sql"))
                ? here
                : here.resolve("..").normalize();
        return root.resolve("sql/migrations/dynamic-services").toString();
    }

    @Test
    void an_operator_starts_watches_and_steers_a_migration() {
        assertThat(run("check", hospital()).out()).startsWith("dynamic-services is fine");

        assertThat(run("start", hospital(), "--reason", "a test"))
                .matches(ran -> ran.status() == 0 && ran.out().startsWith("dynamic-services  CREATED"));
        assertThat(run("start", hospital()))
                .matches(ran -> ran.status() == 1 && ran.err().contains("has a run that is not over"));
        assertThat(run("status").out()).contains("dynamic-services  CREATED");
        assertThat(run("status", "dynamic-services").out()).contains("use-dynamic-services at 0%, idle, step 0 of 4");
        assertThat(new JsonObject(run("status", "dynamic-services", "--json").out()).getString("phase"))
                .isEqualTo("CREATED");
        assertThat(run("pause", "dynamic-services").out()).contains("wanted: PAUSE");
        assertThat(run("resume", "dynamic-services").status()).isZero();
        assertThat(run("tune", "dynamic-services", "--lanes", "4", "--throttle", "the sale", "--window", "22:00-06:00")
                        .out())
                .contains("lanes 4, throttle the sale, window 22:00-06:00 UTC");
        assertThat(run("tune", "dynamic-services", "--no-throttle", "--no-window")
                        .out())
                .contains("lanes 4")
                .doesNotContain("the sale", "22:00");
        assertThat(run("tune", "dynamic-services").out()).contains("lanes 4");
        assertThat(run("tune", "dynamic-services", "--lanes", "0", "--batch", "x"))
                .matches(ran -> ran.status() == 2 && ran.err().lines().count() == 2);
        assertThat(run("tune", "dynamic-services", "--query", "SELECT true", "--no-query")
                        .status())
                .isEqualTo(2);
        assertThat(run("rejected", "dynamic-services").out()).contains("no worker has looked yet");
        assertThat(run("rejected", "dynamic-services", "--retry", "--reason", "mended")
                        .status())
                .isZero();
        assertThat(run("rejected", "dynamic-services").out()).contains("a worker is to try them again");
        assertThat(run("log", "dynamic-services").out()).isEqualTo("nothing is done to the schema yet\n");
        assertThat(run("report", "dynamic-services", "baseline"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("there is no report 'baseline'"));
        assertThat(run("approve", "dynamic-services").status()).isZero();
        assertThat(run("approve", "dynamic-services", "--contract").status()).isZero();
        assertThat(run("backup", "dynamic-services", "--reference", "tape 7").status())
                .isZero();
        assertThat(run("verify", "dynamic-services"))
                .matches(ran -> ran.status() == 1 && ran.out().contains("not every row has been verified yet"));
        assertThat(run("rollback", "dynamic-services", "--reason", "done testing")
                        .out())
                .contains("wanted: ROLL_BACK");
        assertThat(run("audit", "--subject", "migration:dynamic-services").out())
                .contains("run.start");
    }

    @Test
    void an_operator_ramps_a_flag_rolls_it_back_and_acknowledges(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("flag.json");
        Files.writeString(file, "{\"weight\":\"5%\",\"owner\":\"the team\"}");
        assertThat(run("flag", "set", "search", file.toString(), "--reason", "new")
                        .out())
                .startsWith("search  5%  ON");
        assertThat(run("flag", "ramp", "search", "12.5", "--reason", "more").out())
                .startsWith("search  12.5%");

        // What is read can be edited and written back; an older copy cannot.
        String read = run("flag", "get", "search").out();
        Files.writeString(file, read.replace("12.5%", "20%"));
        assertThat(run("flag", "set", "search", file.toString(), "--reason", "even more")
                        .status())
                .isZero();
        assertThat(run("flag", "set", "search", file.toString(), "--reason", "again"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("read it again"));
        assertThat(run("flag", "list").out()).contains("search  20%  ON");

        server.call("POST", "/api/v1/rollouts/search/rollback", "{\"reason\":\"smoke\"}");
        assertThat(run("flag", "list").out()).contains("ROLLED BACK: rolled back by admin");
        Ran incidents = run("incidents", "--flag", "search");
        assertThat(incidents.out()).contains("20% -> 0%").contains("OPEN");
        String id = incidents.out().split("\\s")[0];
        assertThat(run("incident", "show", id, "--recompute"))
                .matches(ran -> ran.status() == 0 && ran.out().contains("recomputed: no rule decided this"));
        assertThat(run("acknowledge", id, "--reason", "mended").out()).contains("acknowledged by admin");
    }

    @Test
    void a_flag_is_moved_by_a_plan_frozen_and_skipped_ahead(@TempDir Path directory) throws IOException {
        Path plan = directory.resolve("plan.json");
        Files.writeString(
                plan,
                "{\"minUnits\":0,\"steps\":[{\"to\":\"5%\",\"soak\":\"24h\"},{\"to\":\"50%\",\"soak\":\"24h\"},{\"to\":\"100%\",\"soak\":\"7d\"}]}");
        server.call("PUT", "/api/v1/flags/ramped", "{}");
        assertThat(run("freeze", "ramped", "--reason", "not yet").out())
                .contains("ramped  frozen since", "by admin", ": not yet");
        assertThat(run("rollout", "begin", "ramped", plan.toString(), "--reason", "new")
                        .out())
                .contains("ramped at 0%, running, step 0 of 3");
        assertThat(run("freeze").out()).contains("ramped  frozen");
        assertThat(run("rollout", "skip", "ramped", "50", "--force", "--reason", "a demo"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("thaw it first"));
        assertThat(run("thaw", "ramped").out()).isEqualTo("nothing is frozen\n");
        assertThat(run("rollout", "pause", "ramped").out()).contains("paused");
        assertThat(run("rollout", "skip", "ramped", "50%"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("force it with a reason"));
        assertThat(run("rollout", "skip", "ramped", "50%", "--force", "--reason", "a demo")
                        .out())
                .contains("ramped at 50%");
        assertThat(run("rollout", "approve", "ramped").status()).isZero();
        assertThat(run("rollout", "resume", "ramped").status()).isZero();
        assertThat(run("rollout", "list").out()).contains("ramped at 50%");
        assertThat(run("rollout", "end", "ramped", "--reason", "enough").out()).contains("ended");
        assertThat(run("rollout", "show", "ramped").out()).contains("ramped at 50%, ended");
        assertThat(run("rollout", "begin", "ramped", directory.resolve("none").toString()))
                .matches(ran -> ran.status() == 2 && ran.err().contains("there is no file"));
    }

    @Test
    void rows_are_verified_anew_by_a_worker_while_an_operator_looks_on() throws Exception {
        ControlFixture.await(
                server.control.runs.start(Specs.spec("again", "again"), Specs.BUNDLE, ControlFixture.BY_TEST));
        assertThat(run("verify", "again", "--table", "visits"))
                .matches(ran -> ran.status() == 2 && ran.err().contains("--reason"));
        assertThat(run("verify", "again", "--reason", "a doubt"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("from VERIFYING on"));
        Claim claim =
                ControlFixture.await(server.control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1)))
                        .stream()
                        .filter(each -> each.migration().equals("again"))
                        .findFirst()
                        .orElseThrow();
        ControlFixture.await(server.control.claims.enter(claim, Phase.CREATED, Phase.SOAKING, "ready", Map.of()));
        assertThat(run("verify", "again", "--reason", "a doubt"))
                .matches(ran -> ran.status() == 0 && ran.out().contains("every row  no worker has told yet"));

        assertThat(watched(claim, 0))
                .matches(ran -> ran.status() == 0
                        && ran.out().contains("every row  40 %, 2 of 5 ranges, no difference found")
                        && ran.out().contains("every row  100 %, 5 of 5 ranges, no difference found; done at"));
        assertThat(watched(claim, 3))
                .matches(ran -> ran.status() == 1 && ran.out().contains("3 rows differed; done at"));
        assertThat(run("verify", "again").out()).contains("100 %, 5 of 5 ranges, 3 rows differed");
        assertThat(run("log", "again").out())
                .contains(
                        "failed              add columns t (c) on clinic; failed 3 time(s), the last with: lock timeout")
                .contains("batches of t\n")
                .contains("500 rows      48 ms  w/1  after waiting 250 ms for: a replica");
        assertThat(run("log", "again", "--table", "other & more").out()).doesNotContain("batches of");
        Ran json = run("verify", "again", "--json");
        assertThat(new JsonObject(json.out()).getJsonArray("verifications")).hasSize(2);
    }

    @Test
    void what_is_being_verified_anew_can_be_cancelled() throws Exception {
        ControlFixture.await(
                server.control.runs.start(Specs.spec("enough", "enough"), Specs.BUNDLE, ControlFixture.BY_TEST));
        Claim claim =
                ControlFixture.await(server.control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1)))
                        .stream()
                        .filter(each -> each.migration().equals("enough"))
                        .findFirst()
                        .orElseThrow();
        ControlFixture.await(server.control.claims.enter(claim, Phase.CREATED, Phase.SOAKING, "ready", Map.of()));
        assertThat(run("verify", "enough", "--cancel"))
                .matches(ran -> ran.status() == 2 && ran.err().contains("say why it is cancelled: --reason"));
        assertThat(run("verify", "enough", "--cancel", "--wait", "--reason", "x"))
                .matches(ran -> ran.status() == 2 && ran.err().contains("leave out --wait"));
        assertThat(run("verify", "enough", "--cancel", "--reason", "busy"))
                .matches(ran ->
                        ran.status() == 1 && ran.err().contains("every row: nothing of that is being verified anew"));

        CompletableFuture<Ran> watching =
                CompletableFuture.supplyAsync(() -> run("verify", "enough", "--reason", "a doubt", "--wait"));
        await().until(() -> run("verify", "enough").out().contains("no worker has told yet"));
        assertThat(run("verify", "enough", "--cancel", "--table", "visits", "--reason", "busy"))
                .matches(ran -> ran.status() == 1
                        && ran.err().contains("visits: nothing of that")
                        && ran.err().contains("under way: every row (without --table)"));
        assertThat(run("verify", "enough", "--cancel", "--reason", "zu viel los für heute"))
                .matches(ran -> ran.status() == 0
                        && ran.out().contains("nothing was verified for it; unmet at")
                        && ran.out().contains("cancelled by admin")
                        && ran.out().contains(": zu viel los für heute"));
        assertThat(watching.get(20, SECONDS))
                .matches(ran -> ran.status() == 1 && ran.out().contains(": zu viel los für heute"));

        run("verify", "enough", "--reason", "a doubt");
        long id = Long.parseLong(server.control.database.one("SELECT max(id) FROM verification"));
        tell(claim, new Demand.Met(id, 5, 2, 0, false));
        Ran json = run("verify", "enough", "--cancel", "--reason", "busy", "--json");
        assertThat(new JsonObject(json.out()).getJsonObject("verification").getString("state"))
                .isEqualTo("UNMET");
        assertThat(run("verify", "enough").out()).contains("40 %, 2 of 5 ranges, no difference found in them; unmet");
    }

    private static final SchemaLog.Line LINE = new SchemaLog.Line(
            "clinic",
            new SchemaLog.What(Phase.EXPANDING, 0, "add columns t (c)", false),
            SchemaLog.State.FAILED,
            3,
            "lock timeout",
            Instant.EPOCH,
            Optional.empty());
    private static final BatchLog.Line BATCH = new BatchLog.Line(
            "t",
            Instant.EPOCH,
            500,
            Duration.ofMillis(48),
            false,
            new BatchLog.Lane("w", 1),
            new BatchLog.Waited(Duration.ofMillis(250), "a replica"));

    /** Until the worker, which is played here, has told twice. */
    private static Ran watched(Claim claim, long differences) throws Exception {
        CompletableFuture<Ran> watching =
                CompletableFuture.supplyAsync(() -> run("verify", "again", "--reason", "a doubt", "--wait"));
        await().until(() -> !server.control
                .database
                .query("SELECT 1 FROM verification WHERE over_at IS NULL")
                .isEmpty());
        long id = Long.parseLong(server.control.database.one("SELECT max(id) FROM verification"));
        tell(claim, new Demand.Met(id, 5, 2, 0, false));
        await().during(Duration.ofSeconds(2)).until(() -> !watching.isDone());
        ControlFixture.await(server.control.claims.logged(claim, new Log(Optional.of(List.of(LINE)), List.of(BATCH))));
        tell(claim, new Demand.Met(id, 5, 5, differences, true));
        return watching.get(60, SECONDS);
    }

    private static void tell(Claim claim, Demand.Met met) {
        ControlFixture.await(server.control.claims.note(
                claim,
                new Note(
                        "",
                        Map.of(),
                        List.of(),
                        "",
                        Optional.of(new Verified(Optional.empty(), 0, Ages.NONE, List.of(met))))));
    }

    @Test
    void monitors_are_listed_and_a_worker_that_is_missing_is_told() {
        ControlFixture.await(
                server.control.runs.start(Specs.spec("measured", "measured"), Specs.BUNDLE, ControlFixture.BY_TEST));
        assertThat(run("monitor", "list", "measured").out())
                .contains("parity  on clinic  next at", "errors  on clinic", "not measured yet");
        assertThat(run("monitor", "run", "measured", "parity"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("measured from when the data is ready"));
        Claim claim =
                ControlFixture.await(server.control.claims.claim("w", List.of("clinic"), Duration.ofMinutes(1)))
                        .stream()
                        .filter(each -> each.migration().equals("measured"))
                        .findFirst()
                        .orElseThrow();
        ControlFixture.await(server.control.claims.enter(claim, Phase.CREATED, Phase.READY, "ready", Map.of()));
        assertThat(run("monitor", "run", "measured", "parity", "--wait", "1"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("is one running that reaches clinic?"));
        assertThat(run("monitor", "run", "measured", "none"))
                .matches(ran -> ran.status() == 1 && ran.err().contains("there is no monitor none"));
    }

    @Test
    void flags_are_kept_as_a_file_and_killed_by_name(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("flags.yaml");
        Files.writeString(file, "flags: {filed: {weight: 5%}}");
        assertThat(run("flag", "apply", "-f", file.toString(), "--dry-run").out())
                .contains("create filed", "weight: nothing -> \"5%\"", "nothing was changed");
        assertThat(run("flag", "apply", "-f", file.toString(), "--reason", "first")
                        .out())
                .endsWith("done\n");
        assertThat(run("flag", "export").out()).contains("  filed:\n", "weight: 5%");
        assertThat(run("flag", "apply", "-f", file.toString()).out()).isEqualTo("nothing differs\n");
        assertThat(run("flag", "kill", "filed", "--reason", "fire").out()).contains("ROLLED BACK", "fire");
    }

    @Test
    void an_alert_is_tried_out_and_listed_with_its_reason(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("alerts.json");
        Files.writeString(
                file,
                "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"Tried\",\"flag\":\"tried\",\"severity\":\"page\"},"
                        + "\"startsAt\":\"2020-01-05T09:00:00Z\",\"fingerprint\":\"abc\"}]}");
        server.call("PUT", "/api/v1/flags/tried", "{\"weight\":\"25%\"}");
        assertThat(run("alert", "rules").out())
                .contains("1000  critical  {flag=~\".+\", severity=~\"critical|page\"}  ROLLBACK ${labels.flag}")
                .contains("warning");
        assertThat(run("alert", "test", file.toString()).out())
                .contains("Tried (abc)  tried  IGNORED TOO_OLD  by the rule critical", "0 would be acted on");
        Ran fresh = run("alert", "test", file.toString(), "--fresh");
        assertThat(fresh.out())
                .contains("Tried (abc)  tried  ROLLED_BACK  by the rule critical")
                .contains("the flag is at 25%")
                .contains("1 would be acted on; nothing was done: this was a test");
        assertThat(run("alert", "list", "--flag", "tried").out()).isEqualTo("no alerts\n");

        server.call("POST", "/api/v1/alerts/alertmanager", Files.readString(file));
        assertThat(run("alert", "list", "--flag", "tried").out())
                .contains("Tried (abc)  tried  IGNORED TOO_OLD  by the rule critical  sent 1×");
        assertThat(run("alert", "list", "--json").out()).contains("\"TOO_OLD\"");
    }

    @Test
    void what_is_mistyped_is_told_in_a_few_lines_and_help_goes_as_deep_as_commands_do() {
        assertThat(run("alert", "set-rule", "shop").err().lines())
                .as("all options after it would push it off the screen")
                .hasSizeLessThan(4);
        assertThat(run("alert").err()).contains("set-rule     Makes a rule");
        assertThat(run("help", "alert", "set-rule"))
                .matches(ran -> ran.status() == 0 && ran.out().contains("--match=LABEL=EXPRESSION"));
        assertThat(run("help").out()).contains("  verify ");
    }

    @Test
    void an_alert_rule_is_made_changed_in_part_and_taken_away() throws Exception {
        assertThat(run(
                                "alert",
                                "set-rule",
                                "shop",
                                "--match",
                                "service=shop",
                                "--match",
                                "env=prod|stage=a",
                                "--flag",
                                "checkout-*",
                                "--action",
                                "pause",
                                "--reason",
                                "über Nacht")
                        .out())
                .isEqualTo(
                        "100  shop  {env=~\"prod|stage=a\", service=~\"shop\"}  PAUSE checkout-*  within PT1H of an increase\n");
        Ran changed = run(
                "alert",
                "set-rule",
                "shop",
                "--action-window",
                "90m",
                "--no-data",
                "true",
                "--enabled",
                "false",
                "--position",
                "7",
                "--reason",
                "not yet",
                "--json");
        JsonObject rule = new JsonObject(changed.out());
        assertThat(rule.getString("actionWindow")).isEqualTo("PT1H30M");
        assertThat(rule.getString("action")).as("what is not named stays").isEqualTo("PAUSE");
        assertThat(rule.getJsonObject("match").size()).isEqualTo(2);
        assertThat(rule.getBoolean("noData")).isTrue();
        assertThat(rule.getInteger("version")).isEqualTo(2);
        assertThat(run("alert", "set-rule", "shop", "--match", "service=.*shop", "--reason", "more")
                        .out())
                .as("labels are replaced")
                .startsWith("7  shop  {service=~\".*shop\"}  PAUSE")
                .endsWith("  OFF\n");
        assertThat(run("alert", "rules").out()).startsWith("7  shop  ");
        assertThat(run("alert", "delete-rule", "shop", "--reason", "fällt weg\n+ 50 %")
                        .out())
                .startsWith("taken away: 7  shop");
        assertThat(run("alert", "rules").out()).doesNotContain("shop");
        assertThat(server.control.database.query("SELECT reason FROM audit WHERE subject LIKE '%shop%' ORDER BY id"))
                .containsExactly("über Nacht", "not yet", "more", "fällt weg\n+ 50 %");
    }

    @Test
    void what_is_given_in_a_file_is_missing_or_none_in_words_without_the_name_of_an_exception(@TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("alerts.json"), "{\"alerts\": [");
        for (String[] command : new String[][] {
            {"alert", "test", "FILE"}, {"flag", "set", "f", "FILE", "--reason", "x"}, {"rollout", "begin", "f", "FILE"}
        }) {
            Ran none = run(filled(command, "/nowhere.json"));
            assertThat(none.status()).isEqualTo(2);
            assertThat(none.err()).contains("there is no file /nowhere.json").doesNotContain("Exception");
            Ran broken = run(filled(command, file.toString()));
            assertThat(broken.status()).isEqualTo(2);
            assertThat(broken.err())
                    .contains("alerts.json is not JSON", "(line 1, column ")
                    .doesNotContain("Exception");
            Ran whole = run(filled(command, directory.toString()));
            assertThat(whole.status()).isEqualTo(2);
            assertThat(whole.err()).contains("cannot read").doesNotContain("Exception");
        }
    }

    private static String[] filled(String[] command, String file) {
        return Arrays.stream(command)
                .map(word -> word.equals("FILE") ? file : word)
                .toArray(String[]::new);
    }

    @Test
    void what_was_told_to_the_outside_is_listed() {
        server.call("PUT", "/api/v1/flags/loud", "{\"weight\":\"25%\"}");
        assertThat(run("flag", "kill", "loud", "--reason", "smoke").status()).isZero();

        assertThat(run("notifications", "--flag", "loud"))
                .matches(ran -> ran.status() == 0
                        && ran.out().contains("loud")
                        && ran.out().contains("smoke")
                        && ran.out().contains("nobody was to be told"));
        assertThat(new JsonObject(
                                run("notifications", "--flag", "loud", "--json").out())
                        .getJsonArray("notifications"))
                .isNotEmpty();
        assertThat(run("notifications", "--flag", "nobodys").out()).isEqualTo("no notifications\n");
    }

    @Test
    void a_token_is_made_for_a_script_rotated_and_revoked() {
        String token = run("token", "create", "script", "--role", "operate,report", "--scope", "checkout-")
                .out()
                .strip();
        assertThat(token).startsWith("turnout_");
        assertThat(run("flag", "list", "--token", token).out()).isEqualTo("no flags\n");
        assertThat(run("token", "list").out()).contains("script  REPORT, OPERATE  checkout-  for good");
        String next =
                run("token", "rotate", "script", "--overlap", "PT0S").out().strip();
        assertThat(run("flag", "list", "--token", next).status()).isZero();
        assertThat(run("token", "revoke", "script", "--reason", "done").out()).contains("REVOKED");
        assertThat(run("flag", "list", "--token", next).status()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | statsu                                        | Did you mean",
                "2 |                                               | say what to do",
                "2 | rollout                                       | list, show, begin, approve, pause, resume, skip or end",
                "2 | monitor                                       | list or run",
                "2 | flag                                          | list, get, set, ramp, kill, export, apply or from-togglz",
                "2 | alert                                         | test, list, rules, set-rule or delete-rule",
                "2 | alert set-rule shop --match a=b               | turnout alert set-rule: Missing required option: '--reason=TEXT'",
                "2 | alert set-rule shop --match a=b               | its options: turnout help alert set-rule",
                "2 | alert set-rule s --enabled maybe --reason x   | 'maybe' is not a boolean",
                "2 | alert set-rul                                 | Did you mean: alert set-rule",
                "2 | status --wat                                  | --watch",
                "2 | help flag aply                                | there is no command aply in turnout flag",
                "2 | rejected m --limit x --json                   | {\"exitStatus\":2,\"problems\":[\"Invalid value",
                "2 | alert set-rule shop --reason x                | say what to set of the rule shop",
                "2 | alert set-rule shop --match a --reason x      | 'severity=critical|page'",
                "2 | alert set-rule shop --match a=~\"b\" --reason x | is a regular expression as it stands",
                "2 | alert set-rule shop --match a=b --match a=c --reason x | one expression, such as 'a=b|c'",
                "2 | alert set-rule shop --match a=( --reason x    | match.a is no regular expression",
                "2 | alert set-rule shop --flag f --reason x       | match must have 1 to 20 labels",
                "2 | alert set-rule shop --match a=b --cooldown soon --reason x | cooldown must be a duration",
                "2 | alert set-rule shop --match a=b --action-window 25h --reason x | actionWindow must be from",
                "2 | alert set-rule shop --match a=b --action PAGE --reason x | ROLLBACK, PAUSE, NOTIFY",
                "2 | alert set-rule shop/prod --match a=b --reason x | 'name' has characters, or a length, that it must not have",
                "1 | alert delete-rule nobody --reason x           | what there is: turnout alert rules",
                "2 | alert test /nowhere                           | there is no file /nowhere",
                "2 | token                                         | create, list, rotate or revoke",
                "2 | token create a.b --role king                  | roles has 'king'",
                "1 | token revoke nobody --reason x                | nobody",
                "2 | flag apply -f /nowhere                        | there is no file /nowhere",
                "1 | flag kill unheard-of --reason x               | unheard-of",
                "2 | check /nowhere/spec.yaml                      | there is no file /nowhere/spec.yaml",
                "2 | flag ramp f 150 --reason x                    | from 0 to 100",
                "2 | flag set f /nowhere --reason x                | there is no file /nowhere",
                "2 | status --server ftp://x                       | --server (TURNOUT_SERVER) must be a URL",
                "2 | status --server http://127.0.0.1:1            | no Turnout answers at http://127.0.0.1:1",
                "1 | status unheard-of                             | there is no migration 'unheard-of'",
                "1 | status --token turnout_wrong                  | --token (TURNOUT_TOKEN)",
                "2 | serve --port x --tick soon                    | --tick (TURNOUT_TICK) must be a duration",
                "2 | serve --port x --tick soon                    | --port (TURNOUT_PORT) must be a whole number",
                "2 | serve --control-db jdbc:postgresql://127.0.0.1:1/c | 127.0.0.1:1",
                "2 | work                                          | --control-db (TURNOUT_CONTROL_DB)",
                "2 | work --control-db jdbc:postgresql://127.0.0.1:1/c  | --database NAME=URL"
            })
    void nonsense_gets_a_message_an_exit_status_and_no_stack_trace(int status, String arguments, String message) {
        Ran ran = run(arguments == null ? new String[0] : arguments.split(" +"));

        assertThat(ran.status()).isEqualTo(status);
        assertThat(ran.err()).contains(message).doesNotContain("\tat ");
    }

    @Test
    void a_server_of_its_own_process_serves_and_stops_on_ctrl_c_within_five_seconds(@TempDir Path data)
            throws Exception {
        long fastest = Long.MAX_VALUE;
        // A machine that does other things may be late, but not each time.
        for (int i = 0; i < 3 && fastest > SECONDS.toNanos(5); i++) {
            fastest = Math.min(fastest, nanosToStop(data));
        }
        assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofSeconds(5));
    }

    private static long nanosToStop(Path data) throws Exception {
        Process process = child("serve", "--port", "0", "--data", data.toString());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = String.valueOf(out.readLine());
            assertThat(line).startsWith("turnout serves on http://127.0.0.1:");
            String uri = line.replaceAll(".*(http://[^,]+),.*", "$1");
            assertThat(run("flag", "list", "--server", uri, "--data", data.toString()))
                    .isEqualTo(new Ran(0, "no flags\n", ""));

            // What a terminal sends.
            long begun = System.nanoTime();
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
            return System.nanoTime() - begun;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process child(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Turnout.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
