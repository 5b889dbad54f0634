package dev.turnout.worker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failures as only PostgreSQL has them; what every product has in common is in {@link DatabaseCompatibility}. */
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
