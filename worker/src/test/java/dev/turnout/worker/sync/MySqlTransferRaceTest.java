package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Move;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.Refresh;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two transactions at two rows that feed the same one, on MySQL: whoever reads what the other one has written waits for it,
 * at either isolation level, so the row is never what only one of them knew.
 */
class MySqlTransferRaceTest {
    private static final String COMMITTED = "READ COMMITTED";
    private static final String REPEATABLE = "REPEATABLE READ";

    private final ExecutorService pool = Executors.newSingleThreadExecutor();
    private TestDatabase database;
    private Site site;

    /** A company is a place while it has hours, and while none of them ends before it begins. */
    private static Transfer open() {
        return Shop.transfer(
                "companies",
                "companies",
                Optional.of("EXISTS (SELECT 1 FROM hours h WHERE h.company = old.id)"
                        + " AND NOT EXISTS (SELECT 1 FROM hours h WHERE h.company = old.id AND h.close < h.open)"),
                Shop.ordered(
                        "kind", "'company'",
                        "old_id", "old.id",
                        "title", "old.name",
                        "open", "(SELECT min(h.open) FROM hours h WHERE h.company = old.id)",
                        "close", "(SELECT max(h.close) FROM hours h WHERE h.company = old.id)"),
                Map.<String, Move.Down>of(),
                Map.of("hours", "it.company = old.id"));
    }

    @BeforeEach
    void synced() throws SQLException {
        database = Shop.openOnMySql();
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO hours VALUES (1, 1, 9, 17), (2, 2, 9, 17)");
        site = Clinic.site(new TestSpec().transfer(open()), database, 1);
        Bookkeeping.enter(site);
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        database.execute("UPDATE hours SET close = close + 1");
    }

    @AfterEach
    void drop() throws SQLException {
        pool.shutdownNow();
        database.close();
    }

    /** Also says that no row was put aside. */
    private List<String> places() throws SQLException {
        assertThat(database.query("SELECT * FROM turnout.rejected")).isEmpty();
        return database.query("SELECT old_id, title, open, close FROM places ORDER BY old_id");
    }

    private Connection transaction(String isolation) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL " + isolation);
        }
        connection.setAutoCommit(false);
        return connection;
    }

    private static void run(Connection connection, String... sqls) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : sqls) {
                statement.execute(sql);
            }
        }
    }

    /** In a transaction that has looked at the tables before: at REPEATABLE READ that is what it sees ever after. */
    private Future<Boolean> meanwhile(String isolation, String... sqls) throws SQLException {
        Connection connection = transaction(isolation);
        run(connection, "SELECT count(*) FROM hours JOIN companies JOIN places");
        return pool.submit(() -> {
            try (connection) {
                run(connection, sqls);
                connection.commit();
                return true;
            } catch (SQLException e) {
                if (Failure.of(e) != Failure.DEADLOCK) {
                    throw e;
                }
                return false;
            }
        });
    }

    private void awaitLockWait() {
        Awaitility.await().pollInSameThread().until(() -> !database.query(
                        "SELECT 1 FROM performance_schema.data_lock_waits")
                .isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {COMMITTED, REPEATABLE})
    void a_row_that_one_takes_away_is_not_put_back_by_the_other(String isolation) throws Exception {
        try (Connection first = transaction(isolation)) {
            run(first, "UPDATE hours SET open = 20 WHERE id = 1");
            Future<Boolean> second = meanwhile(isolation, "INSERT INTO hours VALUES (3, 1, 7, 12)");
            awaitLockWait();
            first.commit();
            assertThat(second.get()).isTrue();
        }
        assertThat(places()).containsExactly("2|b|9|18");
    }

    @ParameterizedTest
    @ValueSource(strings = {COMMITTED, REPEATABLE})
    void both_contributions_are_seen(String isolation) throws Exception {
        try (Connection first = transaction(isolation)) {
            run(first, "INSERT INTO hours VALUES (3, 1, 6, 10)");
            Future<Boolean> second = meanwhile(isolation, "INSERT INTO hours VALUES (4, 2, 1, 2), (5, 1, 12, 23)");
            awaitLockWait();
            first.commit();
            assertThat(second.get()).isTrue();
        }
        assertThat(places()).containsExactly("1|a|6|23", "2|b|1|18");
    }

    /** Nothing stands where they could meet: each would find that the row need not be there. */
    @ParameterizedTest
    @ValueSource(strings = {COMMITTED, REPEATABLE})
    void a_row_that_only_both_together_call_for_is_written(String isolation) throws Exception {
        database.execute("INSERT INTO hours VALUES (3, 1, 20, 10), (4, 1, 21, 11)");
        assertThat(places()).containsExactly("2|b|9|18");
        String mend = "UPDATE hours SET open = 1 WHERE id = 4";
        try (Connection first = transaction(isolation)) {
            run(first, "UPDATE hours SET open = 1 WHERE id = 3");
            Future<Boolean> second = meanwhile(isolation, mend);
            awaitLockWait();
            first.commit();
            if (!second.get()) {
                database.execute(mend);
            }
        }
        assertThat(places()).containsExactly("1|a|1|18", "2|b|9|18");
    }

    /** It is the same for an old row that is new: who changes what feeds it cannot see it yet. */
    @ParameterizedTest
    @ValueSource(strings = {COMMITTED, REPEATABLE})
    void a_new_old_row_waits_for_a_change_of_what_feeds_it(String isolation) throws Exception {
        database.execute("INSERT INTO hours VALUES (3, 3, 8, 9)");
        try (Connection first = transaction(isolation)) {
            run(first, "UPDATE hours SET close = 22 WHERE id = 3");
            Future<Boolean> second = meanwhile(isolation, "INSERT INTO companies (id, name) VALUES (3, 'c')");
            awaitLockWait();
            first.commit();
            assertThat(second.get()).isTrue();
        }
        assertThat(places()).contains("3|c|8|22");
    }

    @Test
    void the_engine_does_not_write_what_an_open_transaction_changes() throws Exception {
        try (Connection first = transaction(COMMITTED)) {
            run(first, "UPDATE hours SET open = 20 WHERE id = 1");
            assertThat(Refresh.row(site, Source.of(site.spec(), open()), List.of("1")))
                    .isFalse();
            first.commit();
        }
        assertThat(places()).containsExactly("2|b|9|18");
    }
}
