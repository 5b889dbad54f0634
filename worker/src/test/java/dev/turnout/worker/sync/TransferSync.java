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
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application writes into one table reaches another one of the same server, and comes back: on every product. */
abstract class TransferSync {
    TestDatabase database;
    Site site;

    abstract TestDatabase open() throws SQLException;

    /** Table, key, phase, SQL state and the column {@code id} of the rows put aside. */
    abstract String putAside();

    /** Each finds triggers, functions or procedures of ours. */
    abstract List<String> leftBehind();

    @BeforeEach
    void synced() throws SQLException {
        database = open();
        site = Clinic.site(Shop.spec(), database, 1);
        Bookkeeping.enter(site);
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        assertThat(SyncTriggers.intact(site)).isEmpty();
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    List<String> places() throws SQLException {
        return database.query("SELECT kind, old_id, title, open, close FROM places ORDER BY kind DESC, old_id");
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
        database.execute("INSERT INTO companies (id, name) VALUES (1, 'c'), (2, 'c'), (3, 'c'), (4, 'c'),"
                + " (5, repeat('x', 21)), (6, 'c'), (7, 'c'), (8, 'c'), (9, 'c')");
        assertThat(places()).hasSize(8).noneMatch(row -> row.startsWith("company|5"));
        assertThat(database.query(putAside())).containsExactly("companies|{\"id\": 5}|SYNC|22001|5");
        database.execute("UPDATE companies SET name = 'short' WHERE id = 5");
        assertThat(places()).hasSize(9);
        database.execute("UPDATE companies SET name = repeat('x', 21) WHERE id = 5");
        assertThat(places()).contains("company|5|SHORT|NULL|NULL");
    }

    @Test
    void the_new_application_is_followed_where_there_is_a_way_back() throws SQLException {
        database.execute(
                "INSERT INTO companies (id, name) VALUES (1, 'a')",
                "UPDATE places SET title = 'NEW' WHERE kind = 'company'",
                "INSERT INTO places (kind, old_id, title) VALUES ('company', 2, 'TWO'), ('company', 3, 'THREE')",
                "DELETE FROM places WHERE old_id = 3");
        assertThat(database.query("SELECT id, name FROM companies WHERE NOT deleted ORDER BY id"))
                .containsExactly("1|new", "2|two");
        assertThat(database.one("SELECT count(*) FROM companies")).isEqualTo("2");
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
    void a_new_row_that_the_move_does_not_take_over_is_refused() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true)");
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
    void nothing_is_left_after_removal() throws SQLException {
        for (int times = 0; times < 2; times++) {
            site.database().transaction(Limits.DDL, connection -> {
                SyncTriggers.remove(connection, site);
                return site;
            });
        }
        for (String query : leftBehind()) {
            assertThat(database.query(query)).isEmpty();
        }
    }
}
