package dev.turnout.worker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine relies on, the same for every database: a subclass names the server. */
abstract class DatabaseCompatibility {
    /** One second is the shortest that MySQL can wait for a lock. */
    private static final Limits SHORT = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(10), 1);

    private static final Limits HASTY = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
    private static final Limits PATIENT = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(20), 1);

    private final TestServer server;
    private TestDatabase test;

    DatabaseCompatibility(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void open() throws SQLException {
        test = server.newDatabase();
        test.execute(
                "CREATE TABLE t (x int PRIMARY KEY, y varchar(20))",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, NULL)");
    }

    @AfterEach
    void close() throws SQLException {
        test.close();
    }

    // --- What the test kit promises.

    @Test
    void a_test_gets_a_database_of_its_own() throws SQLException {
        try (TestDatabase other = server.newDatabase()) {
            test.execute("INSERT INTO t VALUES (4, '환자')");
            assertThat(test.query("SELECT x, y FROM t WHERE x > 2 ORDER BY x")).containsExactly("3|NULL", "4|환자");
            assertThatThrownBy(() -> other.query("SELECT x FROM t")).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void a_text_may_hold_several_statements_and_the_first_failure_ends_it() throws SQLException {
        test.execute("INSERT INTO t VALUES (7, 'a;b'); INSERT INTO t VALUES (8, 'c'); DELETE FROM t WHERE x = 8;");
        assertThat(test.query("SELECT x, y FROM t WHERE x > 3")).containsExactly("7|a;b");
        assertThatThrownBy(() -> test.execute("INSERT INTO absent VALUES (1); INSERT INTO t VALUES (9, 'c')"))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> test.execute("DELETE FROM t WHERE x = 7; INSERT INTO absent VALUES (1)"))
                .isInstanceOf(SQLException.class);
        assertThat(test.query("SELECT x FROM t WHERE x > 8")).isEmpty();
    }

    @Test
    void a_database_goes_even_when_a_transaction_uses_it() throws SQLException {
        TestDatabase used = server.newDatabase();
        used.execute("CREATE TABLE u (x int)");
        try (Connection connection = used.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO u VALUES (1)");
            used.close();
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }
    }

    // --- Transactions and their limits.

    @Test
    void work_that_fails_never_was() throws SQLException {
        assertThatThrownBy(() -> test.database().transaction(SHORT, connection -> {
                    run(connection, "INSERT INTO t VALUES (4, 'a')");
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        test.database().transaction(SHORT, connection -> run(connection, "INSERT INTO t VALUES (5, 'b')"));
        assertThat(test.query("SELECT x FROM t WHERE x > 3")).containsExactly("5");
    }

    @Test
    void whoever_only_reads_cannot_write() throws SQLException {
        Database database = test.database();
        assertThat(failureOf(() -> database.readOnly(SHORT, connection -> run(connection, "DELETE FROM t"))))
                .isEqualTo(Failure.OTHER);
        database.transaction(SHORT, connection -> run(connection, "DELETE FROM t WHERE x = 1"));
        assertThat(test.one("SELECT count(*) FROM t")).isEqualTo("2");
    }

    @Test
    void a_transaction_sees_what_others_committed_meanwhile() throws SQLException {
        List<String> seen = test.database().transaction(SHORT, connection -> {
            String before = Sql.value(connection, "SELECT count(*) FROM t").orElseThrow();
            test.execute("INSERT INTO t VALUES (4, 'c')");
            return List.of(
                    before, Sql.value(connection, "SELECT count(*) FROM t").orElseThrow());
        });
        assertThat(seen).containsExactly("3", "4");
    }

    /** The pool has one connection, so the second work runs where the first one was limited. */
    @Test
    void limits_end_with_the_work() throws SQLException {
        try (Database one = Database.open(test.settings(), 1)) {
            assertThat(failureOf(() ->
                            one.transaction(HASTY, connection -> run(connection, reading(Duration.ofSeconds(15))))))
                    .isEqualTo(Failure.STATEMENT_TIMEOUT);
            one.transaction(PATIENT, connection -> run(connection, reading(Duration.ofMillis(1500))));
            one.alone(PATIENT, connection -> run(connection, reading(Duration.ofMillis(1500))));
        }
    }

    /** A driver that went on behind it would wait for a lock once per row, however short the limit is. */
    @Test
    void a_batch_ends_with_the_first_row_that_somebody_holds() throws Exception {
        try (Connection somebody = test.connect();
                Statement statement = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (10, 'a'), (20, 'b'), (30, 'c'), (40, 'd'), (50, 'e')");
            long begun = System.nanoTime();
            Failure failure = failureOf(() -> test.database().transaction(SHORT, connection -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, lower(?))")) {
                    for (int x = 5; x < 60; x++) {
                        insert.setInt(1, x);
                        insert.setString(2, "x");
                        insert.addBatch();
                    }
                    return insert.executeBatch();
                }
            }));
            assertThat(failure).isEqualTo(Failure.LOCK_TIMEOUT);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void a_lost_connection_is_followed_by_another_attempt_from_the_start() throws SQLException {
        int[] attempts = {0};
        int last = test.database().transaction(SHORT.attempts(3), connection -> {
            run(connection, "INSERT INTO t VALUES (4, 'a')");
            if (++attempts[0] < 3) {
                endSession(connection);
                run(connection, "SELECT 1");
            }
            return attempts[0];
        });
        assertThat(last).isEqualTo(3);
        assertThat(test.query("SELECT x FROM t WHERE x > 3")).containsExactly("4");
    }

    // --- What kind of failure it is.

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "INSERT INTO t VALUES (1, 'again') → BAD_DATA",
                "INSERT INTO t VALUES (NULL, 'no key') → BAD_DATA",
                "INSERT INTO t VALUES (4, 'longer than twenty characters') → BAD_DATA",
                "INSERT INTO t VALUES (3000000000, 'too large') → BAD_DATA",
                "UPDATE t SET x = x / 0 → BAD_DATA",
                "UPDATE t SET x = 'seven' WHERE x = 1 → BAD_DATA",
                "INSERT INTO child VALUES (99) → BAD_DATA",
                "INSERT INTO dated VALUES ('2026-02-30') → BAD_DATA",
                "INSERT INTO positive VALUES (-1) → BAD_DATA",
                "SELECT * FROM absent → OTHER",
                "SELEKT 1 → OTHER",
            })
    void a_statement_that_fails_by_itself(String sql, Failure expected) throws SQLException {
        test.execute(
                "CREATE TABLE child (x int NOT NULL, FOREIGN KEY (x) REFERENCES t (x))",
                "CREATE TABLE dated (d date)",
                "CREATE TABLE positive (x int CHECK (x > 0))");
        assertThat(failureOf(SHORT, sql)).isEqualTo(expected);
        assertThat(test.query("SELECT x, y FROM t ORDER BY x")).containsExactly("1|a", "2|b", "3|NULL");
    }

    @Test
    void a_row_that_somebody_else_holds() throws SQLException {
        try (Connection other = test.connect()) {
            other.setAutoCommit(false);
            run(other, "UPDATE t SET y = 'mine' WHERE x = 1");
            assertThat(failureOf(SHORT, "UPDATE t SET y = 'ours' WHERE x = 1")).isEqualTo(Failure.LOCK_TIMEOUT);
            String atOnce = "SELECT x FROM t WHERE x = 1" + dialect().lockOrFail();
            assertThat(failureOf(PATIENT, atOnce)).isEqualTo(Failure.LOCK_TIMEOUT);
        }
    }

    @Test
    void a_table_that_somebody_else_is_reading_is_not_altered() throws SQLException {
        try (Connection other = test.connect()) {
            other.setAutoCommit(false);
            run(other, "SELECT * FROM t");
            assertThat(failureOf(SHORT, "ALTER TABLE t ADD COLUMN z int")).isEqualTo(Failure.LOCK_TIMEOUT);
        }
    }

    @Test
    void a_read_that_takes_too_long() {
        assertThat(failureOf(HASTY, reading(Duration.ofSeconds(15)))).isEqualTo(Failure.STATEMENT_TIMEOUT);
    }

    @Test
    void a_write_that_takes_too_long() throws SQLException {
        String slow = "UPDATE t SET y = 'slow' WHERE " + aThirdOf(Duration.ofSeconds(15));
        assertThat(failureOf(HASTY, slow)).isEqualTo(Failure.STATEMENT_TIMEOUT);
        assertThat(test.one("SELECT y FROM t WHERE x = 1")).isEqualTo("a");
    }

    @Test
    void a_session_that_an_operator_ends() throws SQLException {
        assertThat(failureOf(() -> test.database().transaction(SHORT, connection -> {
                    endSession(connection);
                    return run(connection, "SELECT 1");
                })))
                .isEqualTo(Failure.CONNECTION_LOST);
        test.database().transaction(SHORT, connection -> run(connection, "SELECT 1"));
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
        try {
            test.database().transaction(PATIENT, connection -> {
                run(connection, "UPDATE t SET y = 'x' WHERE x = " + first);
                bothHold.countDown();
                try {
                    bothHold.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return run(connection, "UPDATE t SET y = 'x' WHERE x = " + second);
            });
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(Failure.of(e));
        }
    }

    // --- The same SQL text for every product.

    @ParameterizedTest
    @ValueSource(strings = {"order", "a\"b", "a'b", "a`b", "a\\b", "it ; -- drops", "preferredTime", "예약", "{x}?"})
    void any_name_can_be_quoted(String name) throws SQLException {
        String quoted = Identifiers.quote(name);
        String read = test.database().transaction(SHORT, connection -> {
            Sql.run(connection, "CREATE TABLE " + quoted + " (" + quoted + " int)");
            Sql.run(connection, "INSERT INTO " + quoted + " (" + quoted + ") VALUES (7)");
            return Sql.value(connection, "SELECT " + quoted + " FROM " + quoted).orElseThrow();
        });
        assertThat(read).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "it's", "a\\b", "\\'; DROP TABLE t; --", "a\"b", "100%_", "환자 😀", "?{x}:y"})
    void any_text_can_be_a_literal(String text) throws SQLException {
        String literal = dialect().literal(text);
        assertThat(value("SELECT " + literal)).isEqualTo(text);
        assertThat(value("SELECT '<' || " + literal + " || '>'")).isEqualTo("<" + text + ">");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "NULL",
            value = {"1, 1, true", "1, 2, false", "1, NULL, false", "NULL, 1, false", "NULL, NULL, true"})
    void null_is_a_value_to_a_comparison(String a, String b, boolean same) throws SQLException {
        String whether = "SELECT CASE WHEN %s THEN 'yes' ELSE 'no' END";
        assertThat(value(whether.formatted(dialect().same(a, b)))).isEqualTo(same ? "yes" : "no");
        assertThat(value(whether.formatted(dialect().differs(a, b)))).isEqualTo(same ? "no" : "yes");
        // A comparison that is NULL would be neither.
        assertThat(value(whether.formatted("NOT (" + dialect().differs(a, b) + ")")))
                .isEqualTo(same ? "yes" : "no");
    }

    private Dialect dialect() {
        return test.database().dialect();
    }

    private String value(String query) throws SQLException {
        return test.database()
                .transaction(SHORT, connection -> Sql.value(connection, query).orElseThrow());
    }

    /** Goes through the three rows of the table in this time. */
    private String reading(Duration time) {
        return "SELECT count(*) FROM t WHERE " + aThirdOf(time);
    }

    /** True, after a third of the time. A sleep of MySQL that is cut short is no error, but the next row is. */
    private String aThirdOf(Duration time) {
        double seconds = time.toMillis() / 3000.0;
        return dialect().mysql() ? "sleep(" + seconds + ") = 0" : "pg_sleep(" + seconds + ") IS NOT NULL";
    }

    /** From another session, as an operator would. */
    private void endSession(Connection connection) throws SQLException {
        if (dialect().mysql()) {
            String id = Sql.value(connection, "SELECT connection_id()").orElseThrow();
            test.execute("KILL " + id);
        } else {
            String id = Sql.value(connection, "SELECT pg_backend_pid()").orElseThrow();
            test.query("SELECT pg_terminate_backend(" + id + ")");
        }
    }

    private Failure failureOf(Limits limits, String sql) {
        return failureOf(() -> test.database().transaction(limits, connection -> run(connection, sql)));
    }

    private static Failure failureOf(ThrowingCallable call) {
        SQLException failure = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) failure).isNotNull();
        return Failure.of(failure);
    }

    private static boolean run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }
}
