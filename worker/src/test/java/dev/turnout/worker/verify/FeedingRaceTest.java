package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One transaction writes a row, another one a row that feeds it, and neither sees what the other has not committed. */
class FeedingRaceTest {
    private final ExecutorService pool = Executors.newSingleThreadExecutor();
    private TestDatabase database;

    @BeforeEach
    void synced() throws SQLException {
        database = Shop.open();
        database.execute(
                "INSERT INTO companies VALUES (2, 'b')", "INSERT INTO hours VALUES (1, 1, 9, 17), (2, 2, 5, 6)");
        Site site = Clinic.site(Shop.spec(), database, 1);
        Bookkeeping.enter(site);
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
    }

    @AfterEach
    void drop() throws SQLException {
        pool.shutdownNow();
        database.close();
    }

    private String first() throws SQLException {
        return database.one("SELECT open, close FROM places WHERE old_id = 1");
    }

    /** The first commits once the second has come to its end or waits for the first. */
    private void oneAfterTheOther(String earlier, String later) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(earlier);
            Future<?> second = pool.submit(() -> {
                database.execute(later);
                return later;
            });
            while (!second.isDone()
                    && database.one("SELECT count(*) FROM pg_locks WHERE NOT granted")
                            .equals("0")) {
                Thread.onSpinWait();
            }
            connection.commit();
            second.get();
        }
    }

    @Test
    void aRowThatIsNewIsNotMissed() throws Exception {
        oneAfterTheOther("INSERT INTO companies VALUES (1, 'a')", "UPDATE hours SET close = 20 WHERE id = 1");
        assertThat(first()).isEqualTo("9|20");
    }

    @Test
    void aRowThatIsNewSeesTheChange() throws Exception {
        oneAfterTheOther("UPDATE hours SET close = 20 WHERE id = 1", "INSERT INTO companies VALUES (1, 'a')");
        assertThat(first()).isEqualTo("9|20");
    }

    @Test
    void aRowThatIsNewDoesNotKeepWhatIsGone() throws Exception {
        oneAfterTheOther("DELETE FROM hours WHERE id = 1", "INSERT INTO companies VALUES (1, 'a')");
        assertThat(first()).isEqualTo("NULL|NULL");
    }

    @Test
    void aRowThatComesUnderAnotherOneIsNotMissed() throws Exception {
        oneAfterTheOther("UPDATE companies SET id = 1", "UPDATE hours SET close = 20 WHERE id = 1");
        assertThat(first()).isEqualTo("9|20");
    }

    @Test
    void aRowThatComesUnderAnotherOneSeesTheChange() throws Exception {
        oneAfterTheOther("UPDATE hours SET close = 20 WHERE id = 1", "UPDATE companies SET id = 1");
        assertThat(first()).isEqualTo("9|20");
    }

    @Test
    void aRowThatStaysWhereItWasWaitsForNobody() throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM hours FOR UPDATE");
            database.execute("SET lock_timeout = '5s'; UPDATE companies SET name = 'c'");
            connection.rollback();
        }
        assertThat(database.one("SELECT title FROM places")).isEqualTo("C");
    }

    /** It cannot see the change, so it may not go on: the application repeats it, as it must at this level. */
    @Test
    void aSnapshotThatIsTooOldIsRefused() throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM hours");
            database.execute("UPDATE hours SET close = 20 WHERE id = 1");
            assertThatThrownBy(() -> statement.execute("INSERT INTO companies VALUES (1, 'a')"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
            connection.rollback();
        }
    }
}
