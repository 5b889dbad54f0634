package dev.turnout.worker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the engine relies on, the same for every database: a subclass names the server. */
abstract class DatabaseCompatibility {
    private final TestServer server;
    private TestDatabase test;

    DatabaseCompatibility(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void open() throws SQLException {
        test = server.newDatabase();
        test.execute("CREATE TABLE t (x int PRIMARY KEY, y varchar(20))");
    }

    @AfterEach
    void close() throws SQLException {
        test.close();
    }

    @Test
    void a_test_gets_a_database_of_its_own() throws SQLException {
        try (TestDatabase other = server.newDatabase()) {
            test.execute("INSERT INTO t VALUES (1, '환자'), (2, NULL)");
            assertThat(test.query("SELECT x, y FROM t ORDER BY x")).containsExactly("1|환자", "2|NULL");
            assertThatThrownBy(() -> other.query("SELECT x FROM t")).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void a_text_may_hold_several_statements_and_the_first_failure_ends_it() throws SQLException {
        test.execute("INSERT INTO t VALUES (1, 'a;b'); INSERT INTO t VALUES (2, 'c'); DELETE FROM t WHERE x = 2;");
        assertThat(test.query("SELECT x, y FROM t")).containsExactly("1|a;b");
        assertThatThrownBy(() -> test.execute("INSERT INTO t VALUES (3, 'c'); INSERT INTO absent VALUES (1)"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void what_was_rolled_back_never_was() throws SQLException {
        try (Connection connection = test.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1, 'a')");
            connection.rollback();
            statement.execute("INSERT INTO t VALUES (2, 'b')");
            connection.commit();
        }
        assertThat(test.query("SELECT x FROM t")).containsExactly("2");
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
}
