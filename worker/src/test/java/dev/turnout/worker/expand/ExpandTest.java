package dev.turnout.worker.expand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpandTest {
    private TestDatabase database;
    private Site site;

    @BeforeEach
    void legacy() throws SQLException {
        database = Clinic.open();
        site = at(Clinic.spec(), 1);
    }

    private Site at(TestSpec spec, long epoch) throws SQLException {
        Site site = Clinic.site(spec, database, epoch);
        Bookkeeping.enter(site);
        return site;
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private static Stride undo(Site site) throws SQLException {
        return Clinic.drive(Expand::undo, site);
    }

    @Test
    void everyStepIsMadeOnceAndTakenBackWhole() throws SQLException {
        List<String> before = Fingerprint.of(database);

        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        List<String> expanded = Fingerprint.of(database);
        assertThat(expanded).isNotEqualTo(before);
        assertThat(new Expand().stride(site)).isInstanceOf(Stride.Done.class);
        assertThat(database.query("SELECT ordinal, state, made FROM turnout.step ORDER BY 1"))
                .containsExactly(
                        "0|APPLIED|[]", "1|APPLIED|[\"serviceId\",\"serviceName\",\"estimatedDuration\",\"period\"]");

        assertThat(undo(site)).isInstanceOf(Stride.Done.class);
        assertThat(undo(site)).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(before);
        assertThat(database.query("SELECT * FROM turnout.step")).isEmpty();
    }

    @Test
    void whatWasThereBeforeTheRunIsAdoptedAndStays() throws SQLException {
        database.execute(
                Clinic.file("services.sql"),
                "ALTER TABLE reservations ADD COLUMN \"serviceId\" int, ADD COLUMN period period");
        List<String> before = Fingerprint.of(database);

        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
        assertThat(database.query("SELECT ordinal, state, made FROM turnout.step ORDER BY 1"))
                .containsExactly("0|ADOPTED|[]", "1|APPLIED|[\"serviceName\",\"estimatedDuration\"]");
        assertThat(undo(site)).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(before);
    }

    @Test
    void aColumnOfAnotherTypeStopsTheRunWithTheDifference() throws SQLException {
        database.execute("ALTER TABLE reservations ADD COLUMN \"serviceId\" text,"
                + " ADD COLUMN \"estimatedDuration\" int NOT NULL DEFAULT 3");
        assertThat(Clinic.drive(new Expand(), site))
                .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                        .containsExactly(
                                "reservations.serviceId should be integer, nullable and without a default; it is text",
                                "reservations.estimatedDuration should be int, nullable and without a default;"
                                        + " it is integer NOT NULL DEFAULT 3"));
    }

    @Test
    void aScriptThatFailsLeavesNothingAndOneThatDoesNotDoItsPartIsNamed() throws SQLException {
        List<String> before = Fingerprint.of(database);
        Site failing = at(
                new TestSpec()
                        .expand(new ExpandStep.Run(
                                "bad.sql",
                                "CREATE TABLE a (x int); CREATE TABLE b (x nonsense)",
                                "DROP TABLE a",
                                Map.of())),
                2);
        assertThat(new Expand().stride(failing))
                .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                        .singleElement()
                        .asString()
                        .contains("42704", "type \"nonsense\" does not exist"));
        assertThat(Fingerprint.of(database)).isEqualTo(before);

        Site lazy = at(
                new TestSpec()
                        .expand(new ExpandStep.Run(
                                "lazy.sql",
                                "CREATE TABLE a (x int)",
                                "DROP TABLE a",
                                Map.of("SELECT count(*) FROM a WHERE '{\"y\": 1}'::jsonb ? 'y'", "6"))),
                3);
        for (int times = 0; times < 2; times++) {
            assertThat(new Expand().stride(lazy))
                    .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                            .singleElement()
                            .asString()
                            .endsWith("should give 6, gives 0"));
        }
        assertThat(undo(lazy)).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(before);
    }

    @Test
    void aStepYieldsToAnOpenTransactionAndNamesIt() throws SQLException {
        assertThat(new Expand().stride(site)).isInstanceOf(Stride.Again.class);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = 'a slow report'");
            connection.setAutoCommit(false);
            statement.execute("SELECT count(*)   FROM reservations");
            assertThat(new Expand().stride(site))
                    .isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                            .startsWith("add columns reservations (serviceId")
                            .contains(
                                    "waits for a lock; held by pid ",
                                    "(a slow report, idle in transaction, ",
                                    "on reservations: SELECT count(*) FROM reservations"));
        }
        assertThat(Clinic.drive(new Expand(), site)).isInstanceOf(Stride.Done.class);
    }

    @Test
    void aWorkerThatLostTheRunChangesNothing() throws SQLException {
        at(Clinic.spec(), 2);
        List<String> before = Fingerprint.of(database);
        assertThatThrownBy(() -> new Expand().stride(site)).isInstanceOf(StaleEpoch.class);
        assertThat(Fingerprint.of(database)).isEqualTo(before);
    }
}
