package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.LookAgain;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What tells which rows another table touches raises on some: on a company above a thousand whatever hours it is asked with,
 * on hours of one above a thousand whatever the company. No write fails for it, and none is missed.
 */
class RaisingTouchTest {
    private static final String ONLY_BELOW_A_THOUSAND =
            "it.company + 9223372036854774807 = old.id + 9223372036854774807";

    /** The tables with their triggers. */
    private static final class Synced implements AutoCloseable {
        final TestDatabase database;
        final Site site;

        Synced(TestDatabase database) throws SQLException {
            this.database = database;
            site = Clinic.site(new TestSpec().transfer(raising()), database, 1);
            Bookkeeping.enter(site);
            assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        }

        private static Transfer raising() {
            Transfer companies = Shop.companies();
            return Shop.transfer(
                    companies.name(),
                    companies.from().table(),
                    companies.where(),
                    companies.up(),
                    companies.down(),
                    Shop.ordered("hours", ONLY_BELOW_A_THOUSAND));
        }

        List<String> places() throws SQLException {
            return database.query("SELECT old_id, title, open, close FROM places ORDER BY old_id");
        }

        void nothingIsPutAside() throws SQLException {
            assertThat(database.query("SELECT r.key, r.message FROM turnout.rejected r"))
                    .isEmpty();
        }

        @Override
        public void close() throws SQLException {
            database.close();
        }
    }

    private static void noWriteFailsAndNoneIsMissed(TestDatabase tables) throws SQLException {
        try (Synced synced = new Synced(tables)) {
            synced.database.execute(
                    "INSERT INTO companies (id, name) VALUES (1, 'a'), (2, 'b'), (5000, 'c')",
                    "INSERT INTO hours VALUES (1, 1, 9, 17), (2, 2, 10, 11)");
            assertThat(synced.places()).containsExactly("1|A|9|17", "2|B|10|11", "5000|C|NULL|NULL");
            synced.database.execute("INSERT INTO hours VALUES (3, 5000, 5, 6)");
            assertThat(synced.places()).contains("5000|C|5|6");
            synced.database.execute(
                    "UPDATE hours SET close = 20 WHERE id = 1",
                    "UPDATE hours SET company = 5000, open = 4 WHERE id = 2",
                    "UPDATE companies SET name = 'cc' WHERE id = 5000");
            assertThat(synced.places()).containsExactly("1|A|9|20", "2|B|NULL|NULL", "5000|CC|4|11");
            synced.database.execute("DELETE FROM hours WHERE company = 5000", "DELETE FROM companies WHERE id = 5000");
            assertThat(synced.places()).containsExactly("1|A|9|20", "2|B|NULL|NULL");
            synced.nothingIsPutAside();
        }
    }

    @Test
    void noWriteFailsAndNoneIsMissedOnPostgres() throws SQLException {
        noWriteFailsAndNoneIsMissed(Shop.open());
    }

    @Test
    void noWriteFailsAndNoneIsMissedOnMysql() throws SQLException {
        noWriteFailsAndNoneIsMissed(Shop.openOnMySql());
    }

    /** It cannot wait for the rows that feed it, as it is not told which those are. */
    @Test
    void aRowThatIsNewIsLookedAtAgain() throws SQLException {
        try (Synced synced = new Synced(Shop.open());
                Connection other = synced.database.connect();
                Statement changing = other.createStatement()) {
            synced.database.execute("INSERT INTO hours VALUES (1, 5000, 9, 17)");
            other.setAutoCommit(false);
            changing.execute("UPDATE hours SET close = 20");
            synced.database.execute("INSERT INTO companies (id, name) VALUES (5000, 'c'), (1, 'a')");
            other.commit();
            assertThat(synced.places()).as("what the trigger could see").contains("5000|C|9|17");
            LookAgain.ofAll(synced.site);
            assertThat(synced.places()).containsExactly("1|A|NULL|NULL", "5000|C|9|20");
            assertThat(synced.database.one("SELECT count(*) FROM turnout.changelog"))
                    .isEqualTo("0");
            synced.nothingIsPutAside();
        }
    }
}
