package dev.turnout.worker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import org.junit.jupiter.api.Test;

class MysqlCompatibilityTest extends DatabaseCompatibility {
    MysqlCompatibilityTest() {
        super(TestServer.MYSQL);
    }

    /** A batch of the backfill is one, twenty times a second: what is asked beside its rows is paid as often. */
    @Test
    void a_transaction_asks_the_server_for_nothing_but_its_limits_and_its_end() throws SQLException {
        try (TestDatabase test = TestServer.MYSQL.newDatabase()) {
            long before = test.database().transaction(Limits.BATCH, MysqlCompatibilityTest::questions);
            long after = test.database().transaction(Limits.BATCH, MysqlCompatibilityTest::questions);
            // The commit of the first, the limits of the second, and its question.
            assertThat(after - before).isEqualTo(3);
        }
    }

    /** Of a setting that is no text a driver takes no notice, nor says so. */
    @Test
    void the_driver_does_as_the_pool_tells_it() throws SQLException {
        try (TestDatabase test = TestServer.MYSQL.newDatabase()) {
            test.execute("CREATE TABLE kinds (flag tinyint(1), made year)");
            List<Integer> types = test.database().transaction(Limits.BATCH, connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT flag, made FROM kinds")) {
                    return List.of(
                            rows.getMetaData().getColumnType(1),
                            rows.getMetaData().getColumnType(2));
                }
            });
            assertThat(types).containsExactly(Types.TINYINT, Types.SMALLINT);
        }
    }

    private static long questions(Connection connection) throws SQLException {
        return Long.parseLong(Sql.rows(connection, "SHOW SESSION STATUS LIKE 'Questions'")
                .get(0)
                .get(1));
    }
}
