package dev.turnout.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Step;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecReaderTest {
    private static final String SMALL = """
            migration: small
            database: db
            flag: use-new
            move:
              t: { key: id, up: { b: old.a }, down: { a: new.b } }
            """;

    @Test
    void a_small_spec_gets_the_usual_for_what_it_leaves_out() {
        Spec spec = accepted(SMALL);
        assertThat(spec.flag()).isEqualTo(new Spec.FlagBinding("use-new", Optional.empty()));
        assertThat(spec.moves())
                .containsExactly(new Move(
                        "t",
                        List.of("id"),
                        Map.of("b", "old.a"),
                        Map.of("a", new Move.Down("new.b", Optional.empty())),
                        List.of(),
                        Map.of(),
                        100));
        assertThat(spec.rollout().steps().stream().map(Step::to))
                .containsExactly(new Weight(5_000), new Weight(25_000), new Weight(50_000), Weight.ALL);
        assertThat(spec.verifyMaxAge()).isEqualTo(Duration.ofHours(24));
        assertThat(spec.contract()).isEqualTo(new Contract(Duration.ofDays(14), true, true, true, List.of()));
        assertThat(spec.hash()).matches("[0-9a-f]{64}");
    }

    @Test
    void a_spec_says_how_its_backfill_begins_and_what_its_reports_must_say() {
        Spec spec = accepted(SMALL + """
                backfill: { batch: 80ms, lanes: 3, window: 22:00-06:00 Europe/Berlin, query: SELECT false }
                checks:
                  rows without an owner: { sql: SELECT count(*) FROM t WHERE owner IS NULL, before: 3, after: 0 }
                  a switch: { sql: SELECT true, after: true, on: new }
                """);
        assertThat(spec.backfill())
                .isEqualTo(Tuning.of(Map.of(
                        "batch",
                        "80ms",
                        "lanes",
                        "3",
                        "window",
                        "22:00-06:00 Europe/Berlin",
                        "query",
                        "SELECT false")));
        assertThat(spec.checks())
                .containsExactly(
                        new Check(
                                "rows without an owner",
                                "SELECT count(*) FROM t WHERE owner IS NULL",
                                Optional.of("3"),
                                Optional.of("0"),
                                Side.OLD),
                        new Check("a switch", "SELECT true", Optional.empty(), Optional.of("t"), Side.NEW));
        assertThat(accepted(SMALL).backfill()).isEqualTo(Tuning.NONE);
    }

    @Test
    void what_is_wrong_with_backfill_and_checks_is_named_with_its_line() {
        Reading reading = SpecReader.read(new Bundle("m.yaml", Map.of("m.yaml", SMALL + """
                backfill:
                  lanes: 99
                  window: at night
                  speed: 9
                checks:
                  one: { sql: SELECT 1 }
                  two: { sql: DELETE FROM t, after: 1 }
                """)));
        assertThat(((Reading.Refused) reading).problems())
                .extracting(Problem::line)
                .containsExactly(7, 8, 9, 11, 12);
    }

    @Test
    void the_flagship_is_read_whole() throws IOException {
        Spec spec = SpecReader.read(flagship()).orThrow();
        assertThat(spec.name()).isEqualTo("dynamic-services");
        assertThat(spec.flag()).isEqualTo(new Spec.FlagBinding("use-dynamic-services", Optional.of("patientId")));
        assertThat(spec.expand()).hasSize(2);
        assertThat(((ExpandStep.Run) spec.expand().get(0)).verify())
                .containsEntry("SELECT count(*) FROM services", "6");
        Analysis analysis = spec.analyses().get(0);
        assertThat(analysis.column()).isEqualTo(new ColumnRef("reservations", "preferredTime"));
        assertThat(analysis.unplaced()).hasValue(new Analysis.Unplaced("^(anytime)?$", new BigDecimal("5")));
        Move move = spec.moves().get(0);
        assertThat(move.down().get("preferredTime"))
                .isEqualTo(new Move.Down("first_hour(new.period)", Optional.of("'anytime'")));
        assertThat(move.references()).containsExactly(Map.entry("serviceId", new ColumnRef("services", "id")));
        assertThat(spec.rollout().steps().get(3)).isEqualTo(new Step(Weight.ALL, Duration.ofDays(7), true));
        assertThat(spec.monitors()).hasSize(3);
        assertThat(spec.contract().steps()).hasSize(2);
        assertThat(spec.contract().steps().get(1).irreversible()).isTrue();
    }

    @Test
    void a_move_from_one_table_into_another_is_a_transfer() {
        Spec spec = accepted("""
                migration: apart
                database: { name: shop, dialect: mysql }
                target: { schema: shop_next }
                flag: use-new
                move:
                  branches:
                    from: offices
                    key: id
                    where: old.deleted_at IS NULL
                    up:
                      id: old.id
                      name: upper(old.name)
                      hours: (SELECT count(*) FROM opening o WHERE o.office = old.id)
                    down: { name: lower(new.name) }
                    touched by: { opening: it.office = old.id }
                  archive:
                    from: offices
                    key: id
                    into: past.places
                    as: [kind, office]
                    up: { kind: "'office'", office: old.id, branch: "(SELECT b.id FROM branches b WHERE b.id = old.id)" }
                """);
        assertThat(spec.database()).isEqualTo(new Place("shop", Product.MYSQL, Optional.empty()));
        assertThat(spec.place(Side.NEW)).isEqualTo(new Place("shop", Product.MYSQL, Optional.of("shop_next")));
        assertThat(spec.remote()).isFalse();
        assertThat(spec.moves()).isEmpty();
        Transfer branches = spec.transfers().get(0);
        assertThat(branches.into()).isEqualTo(TableName.of("branches"));
        assertThat(branches.as()).containsExactly("id");
        assertThat(branches.keyColumn("id")).hasValue("id");
        assertThat(branches.touchedBy()).containsExactly(Map.entry("opening", "it.office = old.id"));
        Transfer archive = spec.transfers().get(1);
        assertThat(archive.into()).isEqualTo(new TableName(Optional.of("past"), "places"));
        assertThat(archive.keyColumn("kind")).isEmpty();
        assertThat(spec.before().get("archive")).containsExactly("branches");
        assertThat(spec.before().get("branches")).isEmpty();
    }

    @Test
    void a_target_elsewhere_makes_all_transfers_remote_but_those_that_stay() {
        Spec spec = accepted("""
                migration: apart
                database: { name: shop, dialect: mysql }
                target: { name: next, dialect: postgresql }
                flag: use-new
                move:
                  a: { from: b, key: id, up: { id: old.id } }
                  c: { from: b, key: id, up: { id: old.id }, stays: true }
                """);
        assertThat(spec.transfers().stream().map(spec::remote)).containsExactly(true, false);
    }

    @Test
    void what_stays_is_in_the_schema_of_the_old_side() {
        Spec spec = accepted("""
                migration: apart
                database: { name: shop, schema: past }
                target: { schema: future }
                flag: use-new
                move:
                  a: { from: b, key: id, up: { id: old.id } }
                  c: { from: b, key: id, up: { id: old.id }, stays: true }
                  d: { from: b, key: id, up: { id: old.id }, into: other.d }
                """);
        assertThat(spec.transfers().stream().map(spec::into))
                .containsExactly(
                        new TableName(Optional.of("future"), "a"),
                        new TableName(Optional.of("past"), "c"),
                        new TableName(Optional.of("other"), "d"));
    }

    @Test
    void a_monitor_and_a_plan_may_say_everything() {
        String yaml = """
                migration: all
                database: db
                target: other
                flag: use-new
                move: { t: { from: s, key: id, up: { id: old.id } } }
                rollout:
                  min units: 5
                  holdback: 5%
                  windows: [ 'Mon-Fri 09:00-16:00 Europe/Berlin', '10:00-11:00' ]
                  four eyes: true
                  on bad: back to the last good step
                  steps: [ { to: 5%, soak: 24h }, { to: 100%, soak: 7d, approve: true } ]
                monitor:
                  queries:
                    every: 30m
                    young: 10s
                    initial delay: 5m
                    timeout: 20s
                    window: 2h
                    sql: SELECT count(*) AS total FROM t WHERE at > :from
                    on: new
                    baseline: 24h
                    fail when: total * 5 < baseline_total
                    ok when: total > 0
                    min sample: 50
                    count: 3
                    failure limit: 2
                    inconclusive limit: 1
                    error limit: 6
                    dry run: true
                  samples:
                    promql: { total: 'sum(rate(calls[$window]))', failed: 'sum(rate(failures[$window]))' }
                    prometheus: main
                    fail when: failed / total > 0.01
                  sides:
                    sql: SELECT arm, count(*) AS total, sum(bad) AS failed FROM t WHERE at > :from GROUP BY arm
                    compare: arms
                """;
        Spec spec = SpecReader.read(new Bundle("spec.yaml", Map.of("spec.yaml", yaml)))
                .orThrow();
        assertThat(spec.rollout().terms().toString())
                .isEqualTo(
                        "Terms[holdback=5%, windows=[Mon-Fri 09:00-16:00 Europe/Berlin, 10:00-11:00 UTC], fourEyes=true,"
                                + " onBad=LAST_GOOD_STEP]");
        assertThat(spec.monitors())
                .map(Monitor::toString)
                .containsExactly(
                        "Monitor[name=queries, schedule=Schedule[interval=PT30M, young=PT10S, initialDelay=PT5M, timeout=PT20S,"
                                + " window=PT2H], query=Query[language=SQL, source=other, texts={sql=SELECT count(*) AS total FROM t"
                                + " WHERE at > :from}], rule=Rule[failureCondition=total * 5 < baseline_total,"
                                + " successCondition=Optional[total > 0], baseline=Optional[PT24H], arms=false, minSample=50],"
                                + " limits=Limits[count=3, failures=2, inconclusives=1, errors=6], dryRun=true]",
                        "Monitor[name=samples, schedule=Schedule[interval=PT1H, young=PT1M, initialDelay=PT0S, timeout=PT10S,"
                                + " window=PT1H], query=Query[language=PROMQL, source=prometheus:main,"
                                + " texts={total=sum(rate(calls[$window])), failed=sum(rate(failures[$window]))}],"
                                + " rule=Rule[failureCondition=failed / total > 0.01, successCondition=Optional.empty,"
                                + " baseline=Optional.empty, arms=false, minSample=0], limits=Limits[count=1, failures=0,"
                                + " inconclusives=0, errors=4], dryRun=false]",
                        "Monitor[name=sides, schedule=Schedule[interval=PT1H, young=PT1M, initialDelay=PT0S, timeout=PT10S,"
                                + " window=PT1H], query=Query[language=SQL, source=db, texts={sql=SELECT arm, count(*) AS total,"
                                + " sum(bad) AS failed FROM t WHERE at > :from GROUP BY arm}], rule=Rule[failureCondition=,"
                                + " successCondition=Optional.empty, baseline=Optional.empty, arms=true, minSample=0],"
                                + " limits=Limits[count=1, failures=0, inconclusives=0, errors=4], dryRun=false]");
    }

    @Test
    void five_mistakes_give_five_messages_with_their_lines() {
        String yaml = """
                migration: five
                database: db
                flag: { key: use-new, bucketby: tenant }
                expand:
                  - run: absent.sql
                    undo: undo.sql
                move:
                  t:
                    key: id
                    up: { b: old.a }
                    required: [c]
                rollout:
                  - { to: 50%, soak: 24 hours }
                  - { to: 100%, soak: 7d }
                monitor:
                  errors:
                    every: 1h
                    fail when: failed > 0
                """;
        assertThat(refused(yaml, Map.of("undo.sql", "DROP TABLE x")))
                .containsExactly(
                        "spec.yaml:3: 'bucketby' is not known in flag — did you mean 'bucketBy'?",
                        "spec.yaml:5: there is no file 'absent.sql' — make it beside the spec, or correct the name",
                        "spec.yaml:11: 'c' in required is not in up — only new columns may stand there: b",
                        "spec.yaml:13: soak '24 hours' is no duration — write it as 90s, 15m, 24h or 7d",
                        "spec.yaml:16: monitor 'errors' lacks 'sql' — add sql: SELECT …");
    }

    /** Each line of YAML is put into a good spec in place of, or after, what it names. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "migration: Small → spec.yaml:1: migration must be lower-case letters, digits and dashes, beginning with a"
                        + " letter, not 'Small'",
                "flag: use-new\\nflag: other → spec.yaml:4: 'flag' stands twice in the spec",
                "flag: [a, b] → spec.yaml:3: flag must be a single text",
                "move: → spec.yaml:4: move must be a mapping",
                "move: { t: { up: { b: old.a } } } → spec.yaml:4: move t lacks 'key'",
                "move: { t: { from: s, key: id, up: { b: old.a } } } → spec.yaml:4: no column of the new table holds the key"
                        + " column 'id'",
                "move: { t: { from: s, key: id, up: { b: old.id }, as: [b, c] } } → spec.yaml:4: 'c' in as is not in up",
                "move: { t: { from: s, key: id, up: { b: old.id, c: f(1) }, as: [b, c] } } → spec.yaml:4: 'c' in as is neither"
                        + " a key column nor a constant",
                "move: { t: { from: s, key: id, up: { b: old.id }, touched by: { u: old.x = 1 } } } → spec.yaml:4: touched by u"
                        + " does not read 'it'",
                "move: { t: { from: s, key: id, up: { id: old.id, x: (SELECT y FROM u) } }, u: { from: s, key: id, up: { id:"
                        + " old.id, y: (SELECT x FROM t) } } } → spec.yaml:4: these moves read each other's new rows in a"
                        + " circle: t, u",
                "database: { name: db, dialect: oracle } → spec.yaml:2: dialect must be postgresql or mysql, not 'oracle'",
                "verify: { all good: { rows: SELECT 1, on: left } } → spec.yaml:6: on must be old or new, not 'left'",
                "move: { t: { key: id, up: { b: new.a } } } → spec.yaml:4: up of b reads 'new'",
                "move: { t: { key: id, up: { b: old.a, c: old.b } } } → spec.yaml:4: up of c reads the new column 'b'",
                "move: { t: { key: b, up: { b: old.a } } } → spec.yaml:4: 'b' is part of the key, which never changes",
                "move: { t: { key: id, up: { b: old.a }, down: { b: new.b } } } → spec.yaml:4: 'b' is in up and in down",
                "move: { t: { key: id, up: { b: \"f(old.a\" } } } → spec.yaml:4: b: 'f(old.a' is not one SQL expression",
                "move: { t: { key: id, up: { b: \"'x\" } } } → spec.yaml:4: b leaves a string open",
                "move: { \"a.t\": { key: id, up: { b: old.a } } } → spec.yaml:4: 'a.t' is not the bare name of a table or column",
                "rollout: [{ to: 5, soak: 1h }, { to: 100%, soak: 1h }] → spec.yaml:6: to: a weight is written as a percentage",
                "rollout: [{ to: 50%, soak: 1h }, { to: 5%, soak: 1h }] → spec.yaml:6: the step to 5% does not rise",
                "rollout: [{ to: 50%, soak: 1h }] → spec.yaml:6: the rollout ends at 50%",
                "rollout: { on bad: stop, steps: [{ to: 100%, soak: 1h }] } → spec.yaml:6: 'stop' is no way back — write 'back"
                        + " to 0%' or 'back to the last good step'",
                "analyze: { t.a: { clock: '^(' } } → spec.yaml:6: the format 'clock' is no regular expression",
                "analyze: { a: { clock: '^1' } } → spec.yaml:6: 'a' is no column",
                "expand: [{ run: ok.sql }] → spec.yaml:6: the step that runs ok.sql lacks 'undo'",
                "expand: [{ run: ../x.sql, undo: ok.sql }] → spec.yaml:6: '../x.sql' lies outside the spec's directory",
                "expand: [{ run: tx.sql, undo: ok.sql }] → tx.sql:2: a step must not begin or end transactions",
                "expand: [{ run: index.sql, undo: ok.sql }] → index.sql:1: this statement cannot run in a transaction",
                "expand: [{ run: open.sql, undo: ok.sql }] → open.sql:3: something opened here is never closed",
                "contract: { steps: [{ run: ok.sql }] } → spec.yaml:6: the step that runs ok.sql has no way back",
                "contract: { steps: [{ run: ok.sql, irreversible: true }, { run: ok.sql, undo: ok.sql }] } → spec.yaml:6:"
                        + " the reversible step ok.sql comes after an irreversible one",
                "contract: { when: { backup: maybe } } → spec.yaml:6: backup must be 'required' or 'optional', not 'maybe'",
                "verify: { all good: DELETE FROM t } → spec.yaml:6: 'DELETE FROM t' is not one query",
                "monitor: { m: { sql: SELECT 1 AS x, fail when: x > 1, min sample: 5 } } → spec.yaml:6: min sample counts the"
                        + " column 'total'",
                "monitor: { m: { sql: SELECT 1 AS x, fail when: x > 1, every: 1m, young: 1h } } → spec.yaml:6: young is longer"
                        + " than every",
                "expand: [{ make: ok.sql }] → ok.sql:1: this statement cannot stand in a 'make' file — it holds CREATE TABLE",
                "expand: [{ make: plain.sql }] → plain.sql:1: this statement cannot stand in a 'make' file — build the index"
                        + " CONCURRENTLY",
                "expand: [{ make: key.sql }] → key.sql:2: this statement cannot stand in a 'make' file — add the foreign key NOT"
                        + " VALID",
                "expand: [{ make: schema.sql }] → schema.sql:1: this statement cannot stand in a 'make' file — write its names"
                        + " without a schema",
                "expand: [{ make: index.sql, undo: ok.sql }] → spec.yaml:6: 'undo' of what is made is derived",
                "verify: { v: { try: ok.sql, uses: i } } → spec.yaml:6: 'uses' does not go with 'try'",
                "verify: { v: { explain: SELECT 1, uses: i } } → spec.yaml:6: verify 'v' lacks 'sample'",
                "schedule: { s: { every: 1m, sql: DROP TABLE t } } → spec.yaml:6: 'DROP TABLE t' is not one statement that reads",
                "schedule: { s: { every: 1m, sql: SELECT 1, batches: 3 } } → spec.yaml:6: a query is run once",
                "schedule: { s: { every: 1m, sql: SELECT 1, timeout: 2m } } → spec.yaml:6: a statement may take a minute",
                "schedule: { s: { sql: SELECT 1 } } → spec.yaml:6: schedule 's' lacks 'every'",
                "monitor: { m: { promql: up, sql: SELECT 1 AS x, fail when: value < 1 } } → spec.yaml:6: monitor 'm' has both 'sql' and 'promql'",
                "monitor: { m: { promql: up, fail when: total < 1 } } → spec.yaml:6: fail when names 'total', which no query gives — known here: value",
                "monitor: { m: { promql: up, fail when: value << 1 } } → spec.yaml:6: fail when: 'value << 1': a number is wanted where '<' stands",
                "monitor: { m: { promql: { Total: up }, fail when: 1 < 2 } } → spec.yaml:6: 'Total' is no name of a value",
                "monitor: { m: { promql: up, prometheus: a b, fail when: value < 1 } } → spec.yaml:6: prometheus must be the name of a Prometheus",
                "monitor: { m: { sql: SELECT 1 AS x, prometheus: p, fail when: x > 1 } } → spec.yaml:6: 'prometheus' goes with 'promql' only",
                "monitor: { m: { promql: up, on: new, fail when: value < 1 } } → spec.yaml:6: 'on' goes with 'sql' only",
                "monitor: { m: { sql: SELECT 1 AS x, on: new, fail when: x > 1 } } → spec.yaml:6: the new side is in the same database",
                "monitor: { m: { sql: SELECT 1 AS x, timeout: 1m, fail when: x > 1 } } → spec.yaml:6: a measurement may take 30s at most",
                "monitor: { m: { sql: SELECT 1 AS x, count: 0, fail when: x > 1 } } → spec.yaml:6: a count of 0 would open the gate unmeasured",
                "monitor: { m: { sql: SELECT 1 AS x, baseline: 24h, fail when: x > 1 } } → spec.yaml:6: no condition looks at the baseline",
                "monitor: { m: { sql: SELECT 1 AS x, compare: sides, fail when: x > 1 } } → spec.yaml:6: compare must be arms, not 'sides'",
                "monitor: { m: { sql: \"SELECT arm, total, failed FROM a WHERE at > :from\", compare: arms, fail when: x > 1 } } → spec.yaml:6: 'fail when' does not go with 'compare'",
                "monitor: { m: { sql: SELECT arm, compare: arms } } → spec.yaml:6: to compare arms the query gives the columns arm, total and failed",
                "monitor: { m: { promql: { total: a, failed: b }, compare: arms } } → spec.yaml:6: to compare arms there are two queries, total and failed, over $window",
                "rollout: { holdback: 30% } → spec.yaml:6: a holdback of 30% is no small one",
                "rollout: { holdback: 10%, steps: [{ to: 95%, soak: 1h }, { to: 100%, soak: 1h }] } → spec.yaml:6: of a holdback of 10% the last step is no step",
                "rollout: { windows: [Monday] } → spec.yaml:6: 'Monday' is no change window — write it as Mon-Fri 09:00-16:00 Europe/Berlin",
                "rollout: { four eyes: maybe } → spec.yaml:6: four eyes must be true or false, not 'maybe'",
                "monitor: [ → spec.yaml:7: this is not YAML",
            })
    void one_mistake_gives_one_message(String change, String message) {
        String key = change.substring(0, change.indexOf(':') + 1);
        String changed = change.replace("\\n", "\n");
        String yaml = SMALL.contains("\n" + key) || SMALL.startsWith(key)
                ? SMALL.replaceFirst(
                        "(?m)^" + key + ".*(\\n  .*)*$",
                        changed.replace("\\", "\\\\").replace("$", "\\$"))
                : SMALL + changed + "\n";
        Map<String, String> files = Map.of(
                "plain.sql", "CREATE INDEX i ON t (a)",
                "key.sql",
                        "ALTER TABLE t ADD COLUMN a int;\nALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (a)",
                "schema.sql", "CREATE TYPE public.e AS ENUM ('A')",
                "ok.sql", "SELECT 1",
                "tx.sql", "SELECT 1;\nCOMMIT;",
                "index.sql", "CREATE INDEX CONCURRENTLY i ON t (a)",
                "open.sql", "SELECT 1;\n\nSELECT 'x");
        assertThat(refused(yaml, files)).singleElement().asString().startsWith(message);
    }

    @Test
    void a_spec_may_add_and_move_nothing_and_each_statement_of_its_file_is_a_step() {
        String yaml = SMALL.replaceFirst("(?m)^move:.*(\\n  .*)*$", "expand: [{ make: a.sql }]")
                + "schedule: { s: { every: 5m, sql: DELETE FROM t WHERE at < :now, batches: 3 } }\n";
        Spec spec = SpecReader.read(bundle(yaml, Map.of("a.sql", """
                                CREATE TABLE IF NOT EXISTS "T" (a int, b text);
                                create unique index concurrently if not exists i on only "T" (a);
                                ALTER TYPE e ADD VALUE IF NOT EXISTS 'it''s' BEFORE 'b';
                                CREATE TYPE f AS ENUM ();
                                ALTER TABLE "T" ADD c numeric(3, 1), ADD COLUMN IF NOT EXISTS d int, ADD CONSTRAINT k CHECK (a > 0);
                                ALTER TABLE ONLY "T" VALIDATE CONSTRAINT k;
                                """))).orThrow();
        assertThat(spec.moves()).isEmpty();
        assertThat(spec.chores())
                .containsExactly(new Chore(
                        "s", Duration.ofMinutes(5), Duration.ofSeconds(10), "DELETE FROM t WHERE at < :now", 3));
        assertThat(spec.expand())
                .extracting(step -> ((ExpandStep.Make) step).ddl())
                .extracting(ddl -> ddl.verb() + " " + ddl.target() + " " + ddl.adds() + " " + ddl.concurrently())
                .containsExactly(
                        "CREATE_TABLE T [] false",
                        "CREATE_INDEX T [i] true",
                        "ADD_VALUE e [it's] false",
                        "CREATE_TYPE f [] false",
                        "ALTER_TABLE T [c, d, k] false",
                        "VALIDATE T [k] false");
        assertThat(((ExpandStep.Make) spec.expand().get(1)).ddl().inTransaction())
                .isEqualTo("create unique index  if not exists i on only \"T\" (a)");
    }

    @Test
    void what_is_no_spec_at_all_is_refused_and_not_thrown() {
        for (String yaml :
                List.of("", "just text", "- a\n- b", "a: 1\n---\nb: 2", "\t", "&a [*a]", "? {a: b}\n: c", "null")) {
            assertThat(refused(yaml, Map.of())).as(yaml).isNotEmpty();
        }
    }

    @Test
    void a_comment_at_the_end_of_an_expression_does_not_swallow_what_follows() {
        Spec spec = accepted(SMALL.replace("{ b: old.a }", "{ b: \"old.a /* x */ + 1 -- the old one\" }"));
        assertThat(spec.moves().get(0).up()).containsEntry("b", "old.a /* x */ + 1");
    }

    @Test
    void what_a_query_must_give_is_written_as_the_database_gives_it() {
        String yaml = SMALL
                + "expand: [{ run: a.sql, undo: a.sql, verify: { SELECT 1: 1, SELECT 1 = 1: true, TABLE x: 'true' } }]";
        Spec spec = SpecReader.read(bundle(yaml, Map.of("a.sql", "SELECT 1"))).orThrow();
        assertThat(((ExpandStep.Run) spec.expand().get(0)).verify())
                .containsExactly(
                        Map.entry("SELECT 1", "1"), Map.entry("SELECT 1 = 1", "t"), Map.entry("TABLE x", "true"));
    }

    @Test
    void the_hash_follows_content_and_nothing_else() {
        String hash = bundle(SMALL, Map.of("a.sql", "SELECT 1;\n")).hash();
        assertThat(bundle(SMALL, Map.of("a.sql", "SELECT 1;\r\n")).hash()).isEqualTo(hash);
        assertThat(bundle(SMALL, Map.of("a.sql", "SELECT 2;\n")).hash()).isNotEqualTo(hash);
        assertThat(bundle(SMALL, Map.of("b.sql", "SELECT 1;\n")).hash()).isNotEqualTo(hash);
    }

    @Test
    void a_file_that_is_written_for_the_product_of_its_side_is_run_instead() {
        String yaml = """
                migration: apart
                database: { name: shop, dialect: mysql }
                target: { name: next, dialect: %s }
                flag: use-new
                expand:
                  - { run: ids.sql, undo: undo.sql }
                  - { run: target.sql, undo: undo.sql, on: new }
                move: { a: { from: b, key: id, up: { id: old.id } } }
                """;
        Map<String, String> files = Map.of(
                "ids.sql", "SELECT 1",
                "target.sql", "SELECT 2",
                "target.postgresql.sql", "SELECT 3",
                "undo.sql", "SELECT 4",
                "undo.mysql.sql", "SELECT 5");
        assertThat(runs(bundle(yaml.formatted("postgresql"), files)))
                .containsExactly("SELECT 1, back SELECT 5", "SELECT 3, back SELECT 4");
        assertThat(runs(bundle(yaml.formatted("mysql"), files)))
                .containsExactly("SELECT 1, back SELECT 5", "SELECT 2, back SELECT 5");
    }

    private static List<String> runs(Bundle bundle) {
        return SpecReader.read(bundle).orThrow().expand().stream()
                .map(ExpandStep.Run.class::cast)
                .map(step -> step.sql() + ", back " + step.undo())
                .toList();
    }

    @Test
    void files_are_gathered_from_beside_the_spec(@TempDir Path directory) throws IOException {
        Files.createDirectories(directory.resolve("sub"));
        Files.writeString(directory.resolve("sub/a.sql"), "SELECT 1");
        Files.writeString(directory.resolve("sub/a.mysql.sql"), "SELECT 3");
        Files.writeString(directory.resolve("unnamed.sql"), "SELECT 2");
        Path spec = directory.resolve("spec.yaml");
        Files.writeString(spec, """
                expand: [{ run: sub/a.sql, undo: absent.sql }, { run: ../outside.sql, undo: /etc/passwd }]
                contract: { steps: [{ run: sub/a.sql }] }
                """);
        assertThat(BundleFiles.read(spec).files()).containsOnlyKeys("spec.yaml", "sub/a.sql", "sub/a.mysql.sql");
    }

    @Property
    void durations_add_up(@ForAll @IntRange(max = 999) int hours, @ForAll @IntRange(max = 999) int minutes) {
        assertThat(Durations.parse(hours + "h" + minutes + "m"))
                .hasValue(Duration.ofHours(hours).plusMinutes(minutes));
    }

    /** Whatever a slip of the finger takes away, the reader answers; it never throws. */
    @Property(tries = 300)
    void a_damaged_spec_is_accepted_or_refused(
            @ForAll @IntRange(max = 5_000) int from, @ForAll @IntRange(max = 40) int length) throws IOException {
        Bundle whole = flagship();
        String yaml = whole.files().getOrDefault(whole.main(), "");
        int start = Math.min(from, yaml.length());
        String damaged = yaml.substring(0, start) + yaml.substring(Math.min(start + length, yaml.length()));
        Map<String, String> files = new HashMap<>(whole.files());
        files.put(whole.main(), damaged);
        Reading reading = SpecReader.read(new Bundle(whole.main(), files));
        if (reading instanceof Reading.Refused refused) {
            assertThat(refused.problems()).isNotEmpty();
        }
    }

    private static Bundle flagship() throws IOException {
        String place = "/dev/turnout/sql/migrations/dynamic-services/";
        Map<String, String> files = new HashMap<>();
        for (String name : List.of(
                "migration.yaml",
                "services.sql",
                "services.undo.sql",
                "new-index.sql",
                "new-index.undo.sql",
                "drop-old.sql")) {
            try (InputStream in = SpecReaderTest.class.getResourceAsStream(place + name)) {
                assertThat(in).as(name).isNotNull();
                files.put(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return new Bundle("migration.yaml", files);
    }

    private static Bundle bundle(String yaml, Map<String, String> others) {
        Map<String, String> files = new HashMap<>(others);
        files.put("spec.yaml", yaml);
        return new Bundle("spec.yaml", files);
    }

    private static Spec accepted(String yaml) {
        return SpecReader.read(bundle(yaml, Map.of())).orThrow();
    }

    private static List<String> refused(String yaml, Map<String, String> files) {
        Reading reading = SpecReader.read(bundle(yaml, files));
        assertThat(reading).isInstanceOf(Reading.Refused.class);
        return ((Reading.Refused) reading)
                .problems().stream().map(Problem::toString).toList();
    }
}
