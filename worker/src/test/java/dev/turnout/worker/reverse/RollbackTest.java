package dev.turnout.worker.reverse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.contract.ContractPhase;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RollbackTest {
    private static final String OLD_SIDE = "SELECT id, service, \"preferredTime\", xmin FROM reservations ORDER BY id";

    private TestDatabase database;
    private Site site;
    private List<String> catalogueBefore;

    @BeforeEach
    void legacy() throws SQLException {
        database = Clinic.open();
        Clinic.book(database, "LIFTING", "10:30");
        Clinic.book(database, "ACNE_CARE", "anytime");
        catalogueBefore = Fingerprint.of(database);
        site = Clinic.site(Clinic.spec(), database, 1);
        Bookkeeping.enter(site);
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private void synced() throws SQLException {
        Clinic.drive(new Expand(), site);
        Clinic.drive(new SyncTriggers(), site);
    }

    private void backfilledAndRequired() throws SQLException {
        synced();
        Mapping mapping = Clinic.mapping(database, Clinic.reservations());
        database.execute(
                "UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments(),
                "ALTER TABLE reservations ALTER \"serviceId\" SET NOT NULL,"
                        + " ADD CONSTRAINT turnout_7_x CHECK (\"serviceName\" IS NOT NULL) NOT VALID,"
                        + " ADD FOREIGN KEY (\"serviceId\") REFERENCES services (id)");
    }

    private Stride back() throws SQLException {
        return Clinic.drive(new Rollback(), site);
    }

    @Test
    void theCatalogueAndEveryOldRowAreAsTheyWere() throws SQLException {
        assertThat(back()).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(catalogueBefore);

        backfilledAndRequired();
        assertThat(new ContractPhase().stride(site)).isInstanceOf(Stride.Again.class);
        database.execute("INSERT INTO turnout.chunk (run, table_name, seq) VALUES (7, 'reservations', 0)");
        List<String> rows = database.query(OLD_SIDE);

        assertThat(back()).isInstanceOf(Stride.Done.class);
        assertThat(back()).isInstanceOf(Stride.Done.class);
        assertThat(Fingerprint.of(database)).isEqualTo(catalogueBefore);
        assertThat(database.query(OLD_SIDE)).isEqualTo(rows);
        assertThat(database.query("SELECT kind FROM turnout.step UNION ALL SELECT state FROM turnout.chunk"))
                .isEmpty();
    }

    @Test
    void theOldApplicationWritesAtEveryMomentOfTheWayBack() throws SQLException {
        backfilledAndRequired();
        int strides = 0;
        for (Stride stride = new Rollback().stride(site);
                stride instanceof Stride.Again;
                stride = new Rollback().stride(site)) {
            strides++;
            Clinic.book(database, "LIFTING", "19:00");
        }
        assertThat(strides).isEqualTo(3);
        assertThat(database.one("SELECT count(*) FROM reservations WHERE \"preferredTime\" = '19:00'"))
                .isEqualTo("3");
    }

    @Test
    void rowsThatOnlyTheNewSideHoldsStopItAndAreNamed() throws SQLException {
        synced();
        database.execute("SET turnout.backfill = 'on'; UPDATE reservations SET period = 'EVENING' WHERE id = 1");
        List<String> before = Fingerprint.of(database);
        assertThat(back()).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                .containsExactly("reservations: 1 rows hold new values that their old ones do not give,"
                        + " for example {\"id\": 1}"));
        assertThat(Fingerprint.of(database)).isEqualTo(before);
        assertThat(SyncTriggers.intact(site)).isEmpty();
    }

    @Test
    void thereIsNoWayBackBehindThePointOfNoReturn() throws SQLException {
        backfilledAndRequired();
        database.execute("UPDATE reservations SET phone = '2'");
        assertThat(Clinic.drive(new ContractPhase(), site)).isInstanceOf(Stride.Done.class);
        List<String> before = Fingerprint.of(database);
        assertThat(back()).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                .containsExactly("'run drop-old.sql' has run and cannot be undone"));
        assertThat(Fingerprint.of(database)).isEqualTo(before);
    }
}
