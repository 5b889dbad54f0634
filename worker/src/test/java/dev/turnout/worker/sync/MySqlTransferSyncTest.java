package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an application writes into one table reaches another one of the same MySQL server, and comes back. */
class MySqlTransferSyncTest extends TransferSync {
    @Override
    TestDatabase open() throws SQLException {
        return Shop.openOnMySql();
    }

    @Override
    String putAside() {
        return "SELECT table_name, `key`, phase, `sqlstate`, `row` ->> '$.id' FROM turnout.rejected";
    }

    @Override
    List<String> leftBehind() {
        return List.of(
                "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()",
                "SELECT routine_name FROM information_schema.routines WHERE routine_schema = database()");
    }

    @Test
    void a_statement_over_many_rows_is_carried_over() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'c1'), (2, 'c2'), (3, 'c3')",
                "INSERT INTO branches VALUES (1, 'b1'), (2, 'b2')",
                "UPDATE companies SET name = concat(name, '!')",
                "INSERT INTO companies (id, name) VALUES (3, 'd'), (4, 'e') ON DUPLICATE KEY UPDATE name = VALUES(name)",
                "REPLACE INTO companies (id, name) VALUES (1, 'r')",
                "DELETE FROM branches WHERE id = 1");
        assertThat(places())
                .containsExactly(
                        "company|1|R|NULL|NULL",
                        "company|2|C2!|NULL|NULL",
                        "company|3|D|NULL|NULL",
                        "company|4|E|NULL|NULL",
                        "branch|2|b2|NULL|NULL");
    }

    @Test
    void a_statement_may_read_the_table_whose_rows_it_touches() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO hours SELECT c.id, c.id, 8, 9 FROM companies c");
        assertThat(places()).containsExactly("company|1|A|8|9", "company|2|B|8|9");
    }

    @Test
    void a_row_that_another_one_is_in_the_way_of_is_put_aside_and_leaves_that_as_it_is() throws SQLException {
        database.execute(
                "CREATE UNIQUE INDEX title ON places (title)",
                "INSERT INTO branches VALUES (1, 'a'), (2, 'a')",
                "INSERT INTO branches VALUES (3, 'c')",
                "UPDATE branches SET name = 'a' WHERE id = 3");
        assertThat(places()).containsExactly("branch|1|a|NULL|NULL", "branch|3|c|NULL|NULL");
        assertThat(database.query("SELECT `key`, `sqlstate` FROM turnout.rejected ORDER BY id"))
                .containsExactly("{\"id\": 2}|23000", "{\"id\": 3}|23000");
    }

    @Test
    void a_new_row_that_the_old_side_cannot_hold_is_refused() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true)", "ALTER TABLE places MODIFY title varchar(20)");
        assertThatThrownBy(() -> database.execute("INSERT INTO places (kind, old_id) VALUES ('company', 2)"))
                .hasMessageContaining("no old value for this row of")
                .hasMessageContaining("name, which must not be NULL");
        assertThat(places()).isEmpty();
    }

    @Test
    void what_an_interrupted_statement_leaves_behind_means_nothing_to_the_next_one() throws SQLException {
        database.execute("INSERT INTO companies (id, name) VALUES (1, 'a')");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET @turnout_carry = concat(' 7.0.up ', UTC_TIMESTAMP(6))");
            statement.execute("UPDATE places SET title = 'NEW'");
        }
        assertThat(database.one("SELECT name FROM companies")).isEqualTo("new");
    }

    @Test
    void triggers_and_procedures_that_somebody_touched_are_told_and_put_right() throws SQLException {
        for (String sql : List.of(
                "DROP TRIGGER zzz_turnout_7_feed_0_update",
                "DROP TRIGGER zzz_turnout_7_back_3_insert",
                "DROP PROCEDURE turnout_back_7_0")) {
            database.execute(sql);
            assertThat(SyncTriggers.intact(site))
                    .as(sql)
                    .isNotEmpty()
                    .first()
                    .asString()
                    .contains("altered");
            assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
            assertThat(SyncTriggers.intact(site)).isEmpty();
        }
    }
}
