package dev.turnout.worker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {
    private static final Limits THREE = new Limits(Duration.ofMillis(100), Duration.ofSeconds(1), 3);
    private static final String TIMEOUTS =
            "SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')";

    private TestDatabase test;

    @BeforeEach
    void open() throws SQLException {
        test = TestPostgres.newDatabase();
        test.execute("CREATE TABLE t (x int)");
    }

    @AfterEach
    void close() throws SQLException {
        test.close();
    }

    @Test
    void a_lost_connection_is_followed_by_another_attempt_from_the_start() throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        int attempt = test.database().transaction(THREE, connection -> {
            run(connection, "INSERT INTO t VALUES (1)");
            if (attempts.incrementAndGet() < 3) {
                run(connection, "SELECT pg_terminate_backend(pg_backend_pid())");
            }
            return attempts.get();
        });
        assertThat(attempt).isEqualTo(3);
        assertThat(test.one("SELECT count(*) FROM t")).isEqualTo("1");
    }

    @Test
    void what_would_fail_again_is_tried_once() {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() -> test.database().transaction(THREE, connection -> {
                    attempts.incrementAndGet();
                    return run(connection, "SELECT 1 / 0");
                }))
                .isInstanceOf(SQLException.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void limits_end_with_the_work() throws SQLException {
        try (Database one = Database.open(test.settings(), 1)) {
            assertThat(one.<String>transaction(THREE, connection -> text(connection, TIMEOUTS)))
                    .isEqualTo("100ms 1s");
            assertThat(one.<String>alone(THREE, connection -> text(connection, TIMEOUTS)))
                    .isEqualTo("100ms 1s");
            assertThatThrownBy(() -> one.alone(THREE, connection -> run(connection, "SELECT 1 / 0")))
                    .isInstanceOf(SQLException.class);
            Limits none = new Limits(Duration.ZERO, Duration.ofSeconds(9), 1);
            assertThat(one.<String>transaction(none, connection -> text(connection, TIMEOUTS)))
                    .isEqualTo("0 9s");
        }
    }

    @Test
    void a_monitor_cannot_write() throws SQLException {
        try (Database one = Database.open(test.settings(), 1)) {
            assertThatThrownBy(() -> one.readOnly(THREE, connection -> run(connection, "INSERT INTO t VALUES (1)")))
                    .hasMessageContaining("read-only");
            assertThatThrownBy(() -> one.readOnly(
                            THREE,
                            connection -> run(connection, "SELECT set_config('transaction_read_only', 'off', true)")))
                    .isInstanceOf(SQLException.class);
            // The next borrower of the same connection may write again.
            one.transaction(THREE, connection -> run(connection, "INSERT INTO t VALUES (1)"));
        }
        assertThat(test.one("SELECT count(*) FROM t")).isEqualTo("1");
    }

    @Test
    void sessions_are_recognised_by_name() throws SQLException {
        assertThat(test.database().<String>transaction(THREE, connection -> text(connection, "SHOW application_name")))
                .isEqualTo("turnout");
    }

    @Test
    void an_unreachable_database_is_named_with_its_setting_and_without_a_secret() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        ConnectionSettings nobody = new ConnectionSettings(
                "clinic",
                "jdbc:postgresql://127.0.0.1:" + closedPort + "/clinic",
                "app",
                "s3cret",
                "--database clinic");
        assertThat(messageOf(nobody))
                .isEqualTo("cannot reach database clinic at 127.0.0.1:" + closedPort
                        + "/clinic: no PostgreSQL answers there (set by --database clinic)");
        ConnectionSettings absent =
                new ConnectionSettings("clinic", test.url() + "_absent", test.user(), test.password(), "--control-db");
        assertThat(messageOf(absent)).contains("there is no such database (set by --control-db)");
    }

    private static String messageOf(ConnectionSettings settings) {
        try (Database opened = Database.open(settings, 1)) {
            throw new AssertionError("opened " + opened.name());
        } catch (DatabaseUnreachable e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain("s3cret");
            return String.valueOf(e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db.example/clinic, db.example:5432/clinic",
        "jdbc:postgresql://db.example:6000/clinic?user=a&password=s3cret, db.example:6000/clinic",
        "jdbc:postgresql://a:s3cret@db.example:6000/clinic, db.example:6000/clinic",
        "jdbc:postgresql:clinic, localhost:5432/clinic",
        "jdbc:mysql://db.example/clinic, db.example:3306/clinic",
    })
    void settings_show_a_place_and_no_secret(String url, String place) {
        ConnectionSettings settings = new ConnectionSettings("clinic", url, "app", "s3cret", "--database");
        assertThat(settings.where()).isEqualTo(place);
        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    private static boolean run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void its_pool_is_measured_under_the_name_that_specs_use() throws SQLException {
        Map<String, Integer> borrowed = new HashMap<>();
        try (TestDatabase test = TestPostgres.newDatabase();
                Database database = Database.open(test.settings(), 1)) {
            database.measured((name, state) -> new IMetricsTracker() {
                @Override
                public void recordConnectionAcquiredNanos(long nanos) {
                    borrowed.merge(name, state.getMaxConnections(), Integer::sum);
                }
            });
            database.readOnly(Limits.BOOKKEEPING, connection -> "");
            assertThat(borrowed).containsExactly(Map.entry(test.settings().name(), 1));
        }
    }
}
