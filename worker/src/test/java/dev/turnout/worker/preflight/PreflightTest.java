package dev.turnout.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Contract.ContractStep;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestMonitor;
import dev.turnout.worker.testkit.TestSpec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreflightTest {
    private TestDatabase database;
    private List<String> before;

    @BeforeEach
    void legacy() throws SQLException {
        database = Clinic.open();
        before = Fingerprint.of(database);
    }

    @AfterEach
    void nothingWasChanged() throws SQLException {
        try (TestDatabase looked = database) {
            assertThat(Fingerprint.of(looked)).isEqualTo(before);
        }
    }

    private Findings inspect(TestSpec spec) throws SQLException {
        return Preflight.inspect(spec.spec(), database.database());
    }

    private void inLegacy(String... sql) throws SQLException {
        database.execute(sql);
        before = Fingerprint.of(database);
    }

    private static Monitor monitor(String sql, String fails) {
        return TestMonitor.sql("m", sql, fails).minSample(5).monitor();
    }

    private static Move move(String table, List<String> key, Map<String, String> up, Map<String, Move.Down> down) {
        return new Move(table, key, up, down, List.of(), Map.of(), 0);
    }

    @Test
    void monitorsThatCompareAreTriedOutWithWhatTheyCompare() throws SQLException {
        String counted = "SELECT count(*) AS total FROM reservations WHERE \"createdAt\" > :from";
        TestMonitor fine =
                TestMonitor.sql("fine", counted, "total < baseline_total").baseline(Duration.ofDays(1));
        TestMonitor wrong =
                TestMonitor.sql("wrong", counted, "total < baseline_many").baseline(Duration.ofDays(1));
        String arms = "SELECT 'new' AS arm, count(*) AS total, %s AS failed FROM reservations";
        TestMonitor sides =
                TestMonitor.sql("sides", arms.formatted("sum(id % 2)"), "").arms();
        TestMonitor words = TestMonitor.sql("words", arms.formatted("max(patient_name)::boolean"), "")
                .arms();
        Monitor.Query elsewhere = new Monitor.Query(Monitor.Language.PROMQL, "prometheus:p", Map.of("value", "up"));
        TestSpec spec = Clinic.spec()
                .monitor(
                        fine.monitor(),
                        wrong.monitor(),
                        sides.monitor(),
                        words.monitor(),
                        TestMonitor.of("elsewhere", elsewhere, "value < 1").monitor());
        assertThat(inspect(spec).problems())
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .contains("monitor 'wrong', its conditions: column \"baseline_many\" does not exist"),
                        problem ->
                                assertThat(problem).contains("monitor 'words', its columns: cannot cast type boolean"));
    }

    @Test
    void theHospitalsSpecPassesWhateverIsThereAlready() throws SQLException {
        TestSpec spec = Clinic.spec()
                .monitor(monitor(
                        "SELECT count(\"serviceId\") AS total, 'a?:now' AS x FROM reservations"
                                + " WHERE \"createdAt\" > :now - interval '1 hour' AND '{}'::jsonb ? 'y'",
                        "total < 3"));
        assertThat(new Preflight().stride(Clinic.site(spec, database, 1)))
                .isInstanceOfSatisfying(
                        Stride.Done.class, done -> assertThat(done.report().get("tables"))
                                .asString()
                                .contains("table=reservations"));
        inLegacy(Clinic.file("services.sql"), "ALTER TABLE reservations ADD COLUMN \"serviceId\" int");
        assertThat(inspect(spec).problems()).isEmpty();
    }

    @Test
    void aSampleSaysWhatTheMigrationWillCostAndLose() throws SQLException {
        inLegacy(
                Clinic.insert("service, \"preferredTime\"", "'WRINKLE_BOTOX', '14:30'"),
                Clinic.insert("service, \"preferredTime\"", "'WRINKLE_BOTOX', '14:30'"),
                Clinic.insert("service, \"preferredTime\"", "'WRINKLE_BOTOX', 'anytime'"),
                "ANALYZE reservations");
        Map<String, Object> trial = inspect(Clinic.spec()).trials().get(0);
        assertThat(trial).containsEntry("measured", true).containsEntry("sampledRows", 3);
        assertThat(trial.get("lossiness"))
                .asString()
                .as("an afternoon comes back as its first hour")
                .contains("differing=2", "differing=0", "rows=3", "written=14:30");
        assertThat(trial.get("triggerCost")).asString().contains("percent=", "how=");
        assertThat(trial.get("backfill")).asString().contains("secondsFrom=", "secondsTo=", "how=");
    }

    @Test
    void whatCannotBeMeasuredIsSaidAndStopsNothing() throws SQLException {
        inLegacy(Clinic.insert("service, \"preferredTime\"", "'WRINKLE_BOTOX', '14:30'"), "ANALYZE reservations");
        Findings findings = inspect(Clinic.spec()
                .expand(new ExpandStep.Columns("reservations", Map.of("minutes", "int")))
                .move(move("reservations", List.of("id"), Map.of("minutes", "old.\"preferredTime\"::int"), Map.of())));
        assertThat(findings.problems()).isEmpty();
        assertThat(findings.trials()).last().asString().contains("measured=false", "invalid input syntax");
    }

    @Test
    void anUpThatGivesAnotherValueNextTimeIsRefusedWithTheFunctionNamed() throws SQLException {
        TestSpec spec = Clinic.spec()
                .expand(new ExpandStep.Columns("reservations", Map.of("uuid", "uuid", "moved", "timestamptz")))
                .move(move(
                        "reservations",
                        List.of("id"),
                        Map.of("uuid", "gen_random_uuid()", "moved", "now()"),
                        Map.of()));
        assertThat(inspect(spec).problems())
                .hasSize(2)
                .anySatisfy(problem ->
                        assertThat(problem).contains("up of reservations.uuid uses gen_random_uuid", "id map"))
                .anySatisfy(problem ->
                        assertThat(problem).contains("up of reservations.moved uses now", "column of the row"));
    }

    @Test
    void theReferenceMigrationPassesAsItIsWritten() throws Exception {
        Bundle bundle = BundleFiles.read(Path.of("../sql/migrations/dynamic-services/migration.yaml"));
        Spec spec = SpecReader.read(bundle).orThrow();
        Findings findings = Preflight.inspect(spec, database.database());
        assertThat(findings.problems()).isEmpty();
        assertThat(findings.warnings()).isEmpty();
    }

    @Test
    void everyMistakeInAnExpressionIsNamedAtOnce() throws SQLException {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("serviceId", "(SELECT s.id FROM services s WHERE s.code = old.servise::text)");
        up.put("serviceName", "upper(old.service");
        up.put("estimatedDuration", "old.patient_name");
        up.put("period", "period_of(\"preferredTime\")");
        Map<String, Move.Down> down = new LinkedHashMap<>();
        down.put("service", new Move.Down("new.\"serviceName\"", Optional.empty()));
        down.put("preferredTime", new Move.Down("new.period::text", Optional.of("1 +")));
        TestSpec spec = new TestSpec()
                .expand(Clinic.services(), Clinic.columns())
                .move(new Move(
                        "reservations",
                        List.of("id"),
                        up,
                        down,
                        List.of(),
                        Map.of("serviceId", new ColumnRef("services", "minutes")),
                        0))
                .analyze(new Analysis(
                        new ColumnRef("reservations", "preferredTime"), Map.of("x", "("), Optional.empty()))
                .verify(new Assertion.NoRow("a", "SELECT nothing FROM reservations"))
                .monitor(monitor("SELECT 1 AS one WHERE :now > now()", "one > 2"));
        assertThat(inspect(spec).problems())
                .satisfiesExactly(
                        problem -> assertThat(problem)
                                .startsWith("up of reservations.serviceId: column old.servise does not exist")
                                .endsWith("Perhaps you meant to reference the column \"old.service\". — mend the SQL"),
                        problem -> assertThat(problem).contains("up of reservations.serviceName: syntax error"),
                        problem -> assertThat(problem)
                                .contains(
                                        "up of reservations.estimatedDuration",
                                        "is of type integer but expression is of type text"),
                        problem -> assertThat(problem)
                                .contains("up of reservations.period, with the columns written as old.column"),
                        problem -> assertThat(problem)
                                .contains(
                                        "down of reservations.service",
                                        "is of type \"ServiceType\" but expression is of type text"),
                        problem -> assertThat(problem).contains("down of reservations.preferredTime", "syntax error"),
                        problem -> assertThat(problem)
                                .contains("reservations.serviceId to services.minutes: the target is not unique"),
                        problem -> assertThat(problem).contains("pattern (", "invalid regular expression"),
                        problem -> assertThat(problem).contains("verify 'a'", "\"nothing\" does not exist"),
                        problem -> assertThat(problem)
                                .contains("monitor 'm', its conditions", "\"total\" does not exist"));
    }

    @Test
    void tablesThatCannotBeMovedAreRefused() throws SQLException {
        inLegacy(
                "CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at)",
                "CREATE VIEW seen AS SELECT * FROM reservations",
                "CREATE TABLE loose (a int NOT NULL, b int, c int NOT NULL, UNIQUE (a, b), UNIQUE (c, a))",
                "CREATE UNIQUE INDEX ON loose (a) WHERE b > 0");
        Map<String, String> up = Map.of("x", "1");
        TestSpec spec = new TestSpec()
                .move(
                        move("reservation", List.of("id"), up, Map.of()),
                        move("parts", List.of("id"), up, Map.of()),
                        move("seen", List.of("id"), up, Map.of()),
                        move("loose", List.of("a"), up, Map.of("z", new Move.Down("1", Optional.empty()))),
                        move("loose", List.of("a", "b"), up, Map.of()),
                        move("loose", List.of("a", "c"), up, Map.of()),
                        move("loose", List.of("c", "a"), up, Map.of("a", new Move.Down("1", Optional.empty()))))
                .contract(
                        new ContractStep("i.sql", "DROP INDEX CONCURRENTLY i", Optional.empty(), Map.of(), true, true));
        assertThat(inspect(spec).problems())
                .anyMatch(problem -> problem.startsWith("there is no table reservation —"))
                .anyMatch(problem -> problem.startsWith("parts is a partitioned table"))
                .anyMatch(problem -> problem.startsWith("seen is a view"))
                .anyMatch(problem -> problem.startsWith("the key (a) of loose is not unique"))
                .anyMatch(problem -> problem.startsWith("down names z, which is not in loose"))
                .anyMatch(problem -> problem.startsWith("the key column loose.b may be NULL"))
                .anyMatch(problem -> problem.startsWith("the key (a, c) of loose is not unique"))
                .noneMatch(problem -> problem.contains("(c, a)"))
                .anyMatch(problem -> problem.startsWith("down names the key column a"))
                .anyMatch(problem -> problem.contains("first irreversible step and runs outside a transaction"));
    }

    @Test
    void whatAnExpandStepWouldRunIntoIsFoundBeforehand() throws SQLException {
        assertThat(inspect(Clinic.spec()
                                .expand(new ExpandStep.Run("b.sql", "CREATE TABLE x (y nonsense)", "", Map.of())))
                        .problems())
                .singleElement()
                .asString()
                .contains("expand: run b.sql fails", "type \"nonsense\" does not exist");

        inLegacy("ALTER TABLE reservations ADD COLUMN \"serviceId\" text", "CREATE TYPE mood AS ENUM ('a')");
        assertThat(inspect(Clinic.spec()).problems())
                .singleElement()
                .asString()
                .contains("reservations.serviceId should be integer, nullable and without a default; it is text");
        assertThat(inspect(new TestSpec()
                                .expand(new ExpandStep.Run(
                                        "c.sql", "CREATE TYPE mood AS ENUM ('a', 'b')", "", Map.of())))
                        .problems())
                .singleElement()
                .asString()
                .contains("there is a type mood already");
        inLegacy("CREATE TABLE services (id int)");
        assertThat(inspect(new TestSpec().expand(Clinic.services())).problems())
                .singleElement()
                .asString()
                .contains("relation \"services\" already exists");
    }

    @Test
    void warningsStopNothing() throws SQLException {
        inLegacy(
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
                "CREATE TRIGGER zzzz BEFORE UPDATE ON reservations FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE TRIGGER aaaa BEFORE UPDATE ON reservations FOR EACH ROW EXECUTE FUNCTION f()",
                "ALTER DATABASE " + database.name() + " SET default_transaction_isolation = 'repeatable read'");
        TestSpec spec = new TestSpec()
                .expand(new ExpandStep.Run("q.sql", "ALTER TABLE public.reservations ADD COLUMN q int", "", Map.of()));
        Spec clinic = Clinic.spec().spec();
        assertThat(inspect(spec.move(clinic.moves().get(0))))
                .satisfies(found -> assertThat(found.problems()).isEmpty())
                .satisfies(found -> assertThat(found.warnings())
                        .anyMatch(warning -> warning.contains("transactions of every role are repeatable read"))
                        .anyMatch(warning -> warning.contains("the trigger zzzz of reservations fires after"))
                        .noneMatch(warning -> warning.contains("aaaa"))
                        .anyMatch(warning -> warning.contains("run q.sql names the schema of public.reservations")));
    }

    @Test
    void aBusyTableIsReadBesideItsReadersAndWriters() throws SQLException {
        try (Connection application = database.connect();
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("LOCK TABLE reservations IN ROW EXCLUSIVE MODE");
            assertThat(inspect(Clinic.spec()).problems()).isEmpty();
            statement.execute("LOCK TABLE reservations IN ACCESS EXCLUSIVE MODE");
            assertThat(new Preflight().stride(Clinic.site(Clinic.spec(), database, 1)))
                    .isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                            .startsWith("the preflight waits for a lock"));
        }
    }
}
