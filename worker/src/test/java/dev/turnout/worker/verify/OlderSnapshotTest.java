package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.LookAgain;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A company has a place once it has hours twice: two rows that are new call for a third, and neither does so alone. */
class OlderSnapshotTest {
    private final ExecutorService pool = Executors.newSingleThreadExecutor();
    private TestDatabase database;
    private Site site;

    @BeforeEach
    void synced() throws SQLException {
        database = Shop.open();
        database.execute("INSERT INTO companies VALUES (1, 'a')");
        site = Clinic.site(new TestSpec().transfer(twiceOpen()), database, 1);
        Bookkeeping.enter(site);
        Visits.finish(new SyncTriggers(), site);
        Visits.finish(new ChunkPlan(100), site);
    }

    @AfterEach
    void drop() throws SQLException {
        pool.shutdownNow();
        database.close();
    }

    private static Transfer twiceOpen() {
        return Shop.transfer(
                "companies",
                "companies",
                Optional.of("NOT old.deleted AND (SELECT count(*) FROM hours h WHERE h.company = old.id) >= 2"),
                Shop.ordered("kind", "'company'", "old_id", "old.id", "title", "upper(old.name)"),
                Map.of(),
                Map.of("hours", "it.company = old.id"));
    }

    private String places() throws SQLException {
        return database.one("SELECT count(*) FROM places");
    }

    private Connection at(String isolation) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET TRANSACTION ISOLATION LEVEL " + isolation);
            statement.execute("SELECT FROM hours");
        }
        return connection;
    }

    /** The later one has its snapshot before the earlier one commits, and writes once that has. */
    private void oneAfterTheOther(String isolation, String earlier, String otherIsolation, String later)
            throws Exception {
        try (Connection first = at(isolation);
                Connection second = at(otherIsolation);
                Statement statement = first.createStatement()) {
            statement.execute(earlier);
            Future<?> waiting = pool.submit(() -> {
                try (Statement other = second.createStatement()) {
                    other.execute(later);
                    second.commit();
                }
                return later;
            });
            while (!waiting.isDone()
                    && database.one("SELECT count(*) FROM pg_locks WHERE NOT granted")
                            .equals("0")) {
                Thread.onSpinWait();
            }
            first.commit();
            waiting.get();
        }
    }

    private long differing() throws SQLException {
        long differing = 0;
        for (Chunk chunk : database.database()
                .transaction(Limits.BOOKKEEPING, connection -> Chunks.all(connection, site, "companies"))) {
            differing += ChunkCheck.run(site, chunk, 0).differing();
        }
        return differing;
    }

    @Test
    void atReadCommittedTheLaterOneSeesTheEarlierOne() throws Exception {
        oneAfterTheOther(
                "READ COMMITTED",
                "INSERT INTO hours VALUES (1, 1, 9, 12)",
                "READ COMMITTED",
                "INSERT INTO hours VALUES (2, 1, 13, 17)");
        assertThat(places()).isEqualTo("1");
        assertThat(database.one("SELECT count(*) FROM turnout.changelog")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"READ COMMITTED, REPEATABLE READ", "REPEATABLE READ, REPEATABLE READ", "READ COMMITTED, SERIALIZABLE"})
    void onAnOlderSnapshotNeitherSeesTheOtherAndTheRowIsLookedAtAgain(String earlier, String later) throws Exception {
        oneAfterTheOther(
                earlier, "INSERT INTO hours VALUES (1, 1, 9, 12)", later, "INSERT INTO hours VALUES (2, 1, 13, 17)");
        assertThat(places()).as("what the trigger could see").isEqualTo("0");
        LookAgain.ofAll(site);
        assertThat(places()).isEqualTo("1");
        assertThat(database.one("SELECT count(*) FROM turnout.changelog")).isEqualTo("0");
    }

    @Test
    void whatIsGoneByTheOtherOneIsNotPutBackForLong() throws Exception {
        database.execute("INSERT INTO hours VALUES (1, 1, 9, 12), (2, 1, 13, 17)");
        assertThat(places()).isEqualTo("1");
        oneAfterTheOther(
                "READ COMMITTED",
                "DELETE FROM hours WHERE id = 1",
                "REPEATABLE READ",
                "UPDATE hours SET open = 14 WHERE id = 2");
        assertThat(places()).as("put back by what the trigger could see").isEqualTo("1");
        LookAgain.ofAll(site);
        assertThat(places()).isEqualTo("0");
    }

    @Test
    void theRowItselfMayBeTheOtherOne() throws Exception {
        database.execute("INSERT INTO hours VALUES (1, 1, 9, 12)", "UPDATE companies SET deleted = true");
        oneAfterTheOther(
                "READ COMMITTED",
                "INSERT INTO hours VALUES (2, 1, 13, 17)",
                "REPEATABLE READ",
                "UPDATE companies SET deleted = false");
        assertThat(places()).isEqualTo("0");
        LookAgain.ofAll(site);
        assertThat(places()).isEqualTo("1");
    }

    /** The verification may come first; it is no mismatch that somebody would have to explain. */
    @Test
    void theVerificationLooksAgainBeforeItCallsARowWrong() throws Exception {
        oneAfterTheOther(
                "REPEATABLE READ",
                "INSERT INTO hours VALUES (1, 1, 9, 12)",
                "REPEATABLE READ",
                "INSERT INTO hours VALUES (2, 1, 13, 17)");
        assertThat(differing()).isZero();
        assertThat(places()).isEqualTo("1");
        // Written past the triggers it is one.
        database.execute("ALTER TABLE places DISABLE TRIGGER ALL; UPDATE places SET title = 'x'");
        assertThat(differing()).isEqualTo(1);
    }

    /** Nothing stands yet at which they could meet. The limits say so. */
    @ParameterizedTest
    @CsvSource({"READ COMMITTED, READ COMMITTED", "READ COMMITTED, REPEATABLE READ"})
    void aRowAndWhatFeedsItThatAreNewAtOnceAreFoundByTheVerificationAlone(String earlier, String later)
            throws Exception {
        oneAfterTheOther(
                earlier,
                "INSERT INTO companies VALUES (2, 'b')",
                later,
                "INSERT INTO hours VALUES (1, 2, 9, 12), (2, 2, 13, 17)");
        assertThat(places()).as("what the triggers could see").isEqualTo("0");
        assertThat(differing()).isEqualTo(1);
        assertThat(places()).isEqualTo("1");
    }

    @Test
    void amongSerializableTransactionsTheServerRefusesOne() {
        assertThatThrownBy(() -> oneAfterTheOther(
                        "SERIALIZABLE",
                        "INSERT INTO hours VALUES (1, 1, 9, 12)",
                        "SERIALIZABLE",
                        "INSERT INTO hours VALUES (2, 1, 13, 17)"))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
    }
}
