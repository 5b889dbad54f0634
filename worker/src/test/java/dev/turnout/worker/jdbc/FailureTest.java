package dev.turnout.worker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each class of failure, provoked on a real server. */
class FailureTest {
    private static final Limits SHORT = new Limits(Duration.ofMillis(50), Duration.ofMillis(200), 1);

    private TestDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.newDatabase();
        database.execute("CREATE TABLE t (id int PRIMARY KEY, x int)", "INSERT INTO t VALUES (1, 0), (2, 0)");
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "SELECT 'x'::int → BAD_DATA",
                "INSERT INTO t VALUES (1, 1) → BAD_DATA",
                "DO $$ BEGIN RAISE EXCEPTION 'mine'; END $$ → BAD_DATA",
                "SELECT (SELECT id FROM t) → BAD_DATA",
                "SELECT pg_sleep(10) → STATEMENT_TIMEOUT",
                "SELECT pg_terminate_backend(pg_backend_pid()) → CONNECTION_LOST",
                "SELECT * FROM absent → OTHER",
            })
    void a_statement_that_fails_by_itself(String sql, Failure expected) {
        assertThat(failureOf(SHORT, sql)).isEqualTo(expected);
    }

    @Test
    void a_lock_that_somebody_else_holds() throws SQLException {
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE t SET x = 1 WHERE id = 1");
            assertThat(failureOf(SHORT, "UPDATE t SET x = 2 WHERE id = 1")).isEqualTo(Failure.LOCK_TIMEOUT);
        }
    }

    @Test
    void a_snapshot_that_is_overtaken() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            run(connection, "SELECT * FROM t");
            database.execute("UPDATE t SET x = 5 WHERE id = 1");
            SQLException failure = failure(() -> run(connection, "UPDATE t SET x = x + 1 WHERE id = 1"));
            assertThat(Failure.of(failure)).isEqualTo(Failure.SERIALIZATION);
        }
    }

    @Test
    void two_transactions_in_each_others_way() throws Exception {
        CountDownLatch bothHold = new CountDownLatch(2);
        // Threads of our own: the common pool may have but one, and these two wait for each other.
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Optional<Failure>>> both = threads.invokeAll(
                    List.of(() -> cross(bothHold, 1, 2), () -> cross(bothHold, 2, 1)), 60, TimeUnit.SECONDS);
            assertThat(Stream.of(both.get(0).get(), both.get(1).get()).flatMap(Optional::stream))
                    .containsExactly(Failure.DEADLOCK);
        } finally {
            threads.shutdownNow();
        }
    }

    private Optional<Failure> cross(CountDownLatch bothHold, int first, int second) {
        Limits patient = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(10), 1);
        try {
            database.database().transaction(patient, connection -> {
                run(connection, "SET LOCAL deadlock_timeout = '50ms'");
                run(connection, "UPDATE t SET x = 1 WHERE id = " + first);
                bothHold.countDown();
                try {
                    bothHold.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return run(connection, "UPDATE t SET x = 1 WHERE id = " + second);
            });
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(Failure.of(e));
        }
    }

    @Test
    void a_pool_with_nothing_to_give() throws SQLException {
        try (Database narrow = Database.open(database.settings(), 1, Duration.ofMillis(250))) {
            SQLException failure = failure(() -> narrow.transaction(
                    SHORT, held -> narrow.transaction(SHORT, connection -> run(connection, "SELECT 1"))));
            assertThat(Failure.of(failure)).isEqualTo(Failure.CONNECTION_LOST);
        }
    }

    private Failure failureOf(Limits limits, String sql) {
        return Failure.of(failure(() -> database.database().transaction(limits, connection -> run(connection, sql))));
    }

    private static SQLException failure(ThrowingCallable call) {
        SQLException failure = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) failure).isNotNull();
        return failure;
    }

    private static boolean run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
