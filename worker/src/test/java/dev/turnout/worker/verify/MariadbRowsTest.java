package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A trait of MariaDB that the rehearsal goes around and the preflight warns of: once this fails, both may go. */
@Tag("mariadb")
class MariadbRowsTest {
    @Test
    void aTriggerMakesTheSecondRowOfAListedSelectFail() throws SQLException {
        try (TestDatabase database = TestServer.MARIADB.newDatabase()) {
            database.execute(
                    "CREATE TABLE source (id int PRIMARY KEY, name varchar(9) NOT NULL)",
                    "INSERT INTO source VALUES (1, 'a'), (2, 'b')",
                    "CREATE TABLE t (id int PRIMARY KEY, name varchar(9) NOT NULL)",
                    "CREATE TRIGGER b BEFORE INSERT ON t FOR EACH ROW SET NEW.name = upper(NEW.name)",
                    "INSERT INTO t (id, name) SELECT id, name FROM source WHERE id = 1",
                    "DELETE FROM t",
                    "INSERT INTO t SELECT id, name FROM source",
                    "DELETE FROM t");
            assertThatThrownBy(() -> database.execute("INSERT INTO t (id, name) SELECT id, name FROM source"))
                    .hasMessageContaining("Column 'id' cannot be null");
            assertThat(database.query("SELECT id FROM t")).isEmpty();
        }
    }
}
