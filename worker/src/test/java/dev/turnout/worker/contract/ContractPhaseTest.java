package dev.turnout.worker.contract;

import static dev.turnout.worker.testkit.Clinic.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContractPhaseTest {
    private static final String INDEX = "reservations_preferredDate_period_serviceId_status_idx";

    private TestDatabase database;
    private Site site;

    @BeforeEach
    void backfilled() throws SQLException {
        database = Clinic.open();
        Clinic.book(database, "LIFTING", "10:30");
        Clinic.book(database, "ACNE_CARE", "anytime");
        site = Clinic.site(Clinic.spec(), database, 1);
        Bookkeeping.enter(site);
        Clinic.drive(new Expand(), site);
        Clinic.drive(new SyncTriggers(), site);
        Mapping mapping = Clinic.mapping(database, Clinic.reservations());
        database.execute("UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments());
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private Stride drive() throws SQLException {
        return Clinic.drive(new ContractPhase(), site);
    }

    private List<String> problems() throws SQLException {
        Stride stride = drive();
        assertThat(stride).isInstanceOf(Stride.Stop.class);
        return ((Stride.Stop) stride).problems();
    }

    @Test
    void theOldSideGoesAndTheNewSideWorksAlone() throws SQLException {
        assertThat(drive()).isInstanceOf(Stride.Done.class);
        assertThat(drive()).isInstanceOf(Stride.Done.class);

        database.execute(insert("\"serviceId\", \"serviceName\", \"estimatedDuration\"", "3, 'x', 1"));
        assertThat(database.query("SELECT \"serviceId\", period FROM reservations ORDER BY id"))
                .containsExactly("4|MORNING", "5|NULL", "3|NULL");
        assertThat(Fingerprint.of(database)).noneMatch(line -> line.contains("ServiceType") || line.contains("zzz_"));
        assertThat(ContractPhase.pointOfNoReturn(site)).contains("run drop-old.sql");
    }

    @Test
    void whatACrashLeftOfAnIndexIsMended() throws SQLException {
        database.execute("CREATE INDEX \"" + INDEX + "\" ON reservations (id)");
        database.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"" + INDEX + "\"'::regclass");
        database.execute("INSERT INTO turnout.step (run, kind, ordinal, title, hash, state)"
                + " VALUES (7, 'CONTRACT', 0, 'run new-index.sql', '', 'BEGUN')");

        assertThat(new ContractPhase().stride(site)).isInstanceOf(Stride.Again.class);
        assertThat(database.one("SELECT pg_get_indexdef('\"" + INDEX + "\"'::regclass)"))
                .contains("\"preferredDate\", period, \"serviceId\", status");
    }

    @Test
    void nothingIrreversibleRunsWhileASingleRowDiffers() throws SQLException {
        database.execute(
                "SET turnout.backfill = 'on'; UPDATE reservations SET \"serviceId\" = 1 WHERE service = 'LIFTING'");
        assertThat(problems())
                .containsExactly(
                        "reservations: 1 rows differ between old and new",
                        "'every reservation keeps its service' is broken by 1 rows");

        database.execute("INSERT INTO turnout.rejected (run, table_name, key, phase, sqlstate, message)"
                + " VALUES (7, 'reservations', '{\"id\": 1}', 'BACKFILL', '22000', 'x')");
        assertThat(problems()).contains("reservations: 1 rejected rows have only their old values");

        database.execute("ALTER TABLE reservations DISABLE TRIGGER zzz_turnout_7_insert");
        assertThat(problems()).anyMatch(problem -> problem.contains("altered, disabled or dropped"));
        assertThat(database.query("SELECT DISTINCT service IS NULL FROM reservations"))
                .containsExactly("f");
    }

    @Test
    void aStepThatCannotHaveItsLocksLeavesTheTriggersInPlace() throws SQLException {
        assertThat(new ContractPhase().stride(site)).isInstanceOf(Stride.Again.class);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT * FROM service_reservation_limits");
            assertThat(new ContractPhase().stride(site))
                    .isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                            .contains("run drop-old.sql waits for a lock", "on service_reservation_limits"));
            assertThat(SyncTriggers.intact(site)).isEmpty();
        }
        assertThat(drive()).isInstanceOf(Stride.Done.class);
    }

    @Test
    void aVerifyThatFailsStopsTheRunBehindItsStep() throws SQLException {
        assertThat(new ContractPhase().stride(site)).isInstanceOf(Stride.Again.class);
        database.execute("DROP INDEX \"" + INDEX + "\"");
        assertThat(problems()).singleElement().asString().endsWith("should give 6, gives 5");
    }
}
