package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application writes into one table reaches another one of the same MySQL server, and comes back. */
class MySqlTransferSyncTest {
    private TestDatabase database;
    private Site site;

    @BeforeEach
    void synced() throws SQLException {
        database = Shop.openOnMySql();
        site = Clinic.site(Shop.spec(), database, 1);
        Bookkeeping.enter(site);
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        assertThat(SyncTriggers.intact(site)).isEmpty();
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private List<String> places() throws SQLException {
        return database.query("SELECT kind, old_id, title, open, close FROM places ORDER BY kind DESC, old_id");
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
    void rows_that_feed_another_one_touch_it() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO hours VALUES (1, 1, 9, 17), (2, 1, 8, 12), (3, 2, 10, 11)",
                "UPDATE hours SET close = 20 WHERE id = 2",
                "UPDATE hours SET company = 2 WHERE id = 1",
                "DELETE FROM hours WHERE id = 3");
        assertThat(places()).containsExactly("company|1|A|8|20", "company|2|B|9|17");
    }

    @Test
    void a_statement_may_read_the_table_whose_rows_it_touches() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO hours SELECT c.id, c.id, 8, 9 FROM companies c");
        assertThat(places()).containsExactly("company|1|A|8|9", "company|2|B|8|9");
    }

    @Test
    void a_row_without_counterpart_has_none() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true), (2, 'b', false)");
        assertThat(places()).containsExactly("company|2|B|NULL|NULL");
        database.execute("UPDATE companies SET deleted = NOT deleted");
        assertThat(places()).containsExactly("company|1|A|NULL|NULL");
        database.execute("DELETE FROM companies");
        assertThat(places()).isEmpty();
    }

    @Test
    void keys_may_change() throws SQLException {
        database.execute("INSERT INTO branches VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        database.execute("UPDATE branches SET id = id + 10 WHERE id < 3");
        assertThat(places()).containsExactly("branch|3|c|NULL|NULL", "branch|11|a|NULL|NULL", "branch|12|b|NULL|NULL");
    }

    @Test
    void a_bad_row_is_put_aside_and_never_fails_the_application() throws SQLException {
        database.execute("INSERT INTO companies (id, name) VALUES (4, 'c'), (5, repeat('x', 21)), (6, 'c')");
        assertThat(places()).hasSize(2).noneMatch(row -> row.startsWith("company|5"));
        assertThat(database.query(
                        "SELECT table_name, `key`, phase, `sqlstate`, `row` ->> '$.id' FROM turnout.rejected"))
                .containsExactly("companies|{\"id\": 5}|SYNC|22001|5");
        database.execute("UPDATE companies SET name = 'short' WHERE id = 5");
        assertThat(places()).hasSize(3);
        database.execute("UPDATE companies SET name = repeat('x', 21) WHERE id = 5");
        assertThat(places()).contains("company|5|SHORT|NULL|NULL");
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
    void the_new_application_is_followed_where_there_is_a_way_back() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'a')",
                "UPDATE places SET title = 'NEW' WHERE kind = 'company'",
                "INSERT INTO places (kind, old_id, title) VALUES ('company', 2, 'TWO'), ('company', 3, 'THREE')",
                "DELETE FROM places WHERE old_id = 3");
        assertThat(database.query("SELECT id, name, deleted FROM companies ORDER BY id"))
                .containsExactly("1|new|0", "2|two|0");
        assertThat(places()).containsExactly("company|1|NEW|NULL|NULL", "company|2|TWO|NULL|NULL");
    }

    @Test
    void what_the_old_row_already_says_stays() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'MiXed')",
                "UPDATE places SET note = 'x', title = 'MIXED'",
                "UPDATE places SET open = NULL, title = 'MIXED'");
        assertThat(database.one("SELECT name FROM companies")).isEqualTo("MiXed");
    }

    @Test
    void a_new_row_that_the_old_side_cannot_hold_is_refused() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true)", "ALTER TABLE places MODIFY title varchar(20)");
        assertThatThrownBy(() -> database.execute("INSERT INTO places (kind, old_id) VALUES ('company', 2)"))
                .hasMessageContaining("no old value for this row of")
                .hasMessageContaining("name, which must not be NULL");
        assertThatThrownBy(
                        () -> database.execute("INSERT INTO places (kind, old_id, title) VALUES ('company', 1, 'A')"))
                .hasMessageContaining("none that the move companies takes over");
        assertThat(places()).isEmpty();
    }

    @Test
    void a_write_without_a_way_back_is_refused() throws SQLException {
        database.execute("INSERT INTO branches VALUES (1, 'a')");
        for (String write : List.of(
                "UPDATE places SET title = 'x'",
                "INSERT INTO places (kind, old_id, title) VALUES ('branch', 2, 'x')",
                "DELETE FROM places")) {
            assertThatThrownBy(() -> database.execute(write)).as(write).hasMessageContaining("has no way back");
        }
        database.execute("UPDATE places SET note = 'mine'", "UPDATE branches SET name = 'b'");
        assertThat(database.query("SELECT title, note FROM places")).containsExactly("b|mine");
    }

    @Test
    void a_column_that_does_not_come_back_is_not_written_on_the_new_side() throws SQLException {
        database.execute("INSERT INTO companies (id, name) VALUES (1, 'a')", "INSERT INTO hours VALUES (1, 1, 9, 17)");
        assertThatThrownBy(() -> database.execute("UPDATE places SET open = 8, title = 'B'"))
                .hasMessageContaining("open comes from the old side alone")
                .hasMessageContaining("companies has no way back for it");
        database.execute("UPDATE places SET open = 9, title = 'B'", "UPDATE hours SET open = 10");
        assertThat(places()).containsExactly("company|1|B|10|17");
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

    @Test
    void nothing_is_left_after_removal() throws SQLException {
        for (int times = 0; times < 2; times++) {
            site.database().transaction(Limits.DDL, connection -> {
                SyncTriggers.remove(connection, site);
                return site;
            });
        }
        assertThat(database.query(
                        "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()"))
                .isEmpty();
        assertThat(database.query(
                        "SELECT routine_name FROM information_schema.routines WHERE routine_schema = database()"))
                .isEmpty();
    }
}
