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

class TransferSyncTest {
    private TestDatabase database;
    private Site site;

    @BeforeEach
    void synced() throws SQLException {
        database = Shop.open();
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
    void aStatementOverManyRowsIsCarriedOver() throws SQLException {
        database.execute(
                "INSERT INTO companies SELECT n, 'c' || n FROM generate_series(1, 3) n",
                "INSERT INTO branches SELECT n, 'b' || n FROM generate_series(1, 2) n",
                "UPDATE companies SET name = name || '!'",
                "INSERT INTO companies VALUES (3, 'd'), (4, 'e') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                "DELETE FROM branches WHERE id = 1");
        assertThat(places())
                .containsExactly(
                        "company|1|C1!|NULL|NULL",
                        "company|2|C2!|NULL|NULL",
                        "company|3|D|NULL|NULL",
                        "company|4|E|NULL|NULL",
                        "branch|2|b2|NULL|NULL");
    }

    @Test
    void rowsThatFeedAnotherOneTouchIt() throws SQLException {
        database.execute(
                "INSERT INTO companies VALUES (1, 'a'), (2, 'b')",
                "INSERT INTO hours VALUES (1, 1, 9, 17), (2, 1, 8, 12), (3, 2, 10, 11)",
                "UPDATE hours SET close = 20 WHERE id = 2",
                "UPDATE hours SET company = 2 WHERE id = 1",
                "DELETE FROM hours WHERE id = 3");
        assertThat(places()).containsExactly("company|1|A|8|20", "company|2|B|9|17");
        database.execute("TRUNCATE hours");
        assertThat(places()).containsExactly("company|1|A|NULL|NULL", "company|2|B|NULL|NULL");
    }

    /** To such a collation the new name is the old one. */
    @Test
    void aChangeThatTheCollationTakesForNothingIsCarriedOver() throws SQLException {
        database.execute(
                "CREATE COLLATION anyhow (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
                "ALTER TABLE places ALTER title TYPE text COLLATE anyhow");
        site.database().transaction(Limits.DDL, connection -> {
            SyncTriggers.remove(connection, site);
            return site;
        });
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        database.execute("INSERT INTO branches VALUES (1, 'jose')", "UPDATE branches SET name = 'José'");
        assertThat(places()).containsExactly("branch|1|José|NULL|NULL");
    }

    @Test
    void aRowWithoutCounterpartHasNone() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true), (2, 'b', false)");
        assertThat(places()).containsExactly("company|2|B|NULL|NULL");
        database.execute("UPDATE companies SET deleted = NOT deleted");
        assertThat(places()).containsExactly("company|1|A|NULL|NULL");
        database.execute("TRUNCATE companies");
        assertThat(places()).isEmpty();
    }

    @Test
    void keysMayChange() throws SQLException {
        database.execute("INSERT INTO branches VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        database.execute("UPDATE branches SET id = id + 10 WHERE id < 3");
        assertThat(places()).containsExactly("branch|3|c|NULL|NULL", "branch|11|a|NULL|NULL", "branch|12|b|NULL|NULL");
    }

    @Test
    void rowsMayExchangeAUniqueValue() throws SQLException {
        database.execute(
                "CREATE UNIQUE INDEX ON places (title)",
                "INSERT INTO branches VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')",
                "UPDATE places SET note = 'mine' WHERE old_id = 1",
                "UPDATE branches SET name = CASE name WHEN 'a' THEN 'b' WHEN 'b' THEN 'a' WHEN 'c' THEN 'd' ELSE 'e' END");
        assertThat(database.query("SELECT old_id, title, note FROM places ORDER BY 1"))
                .containsExactly("1|b|mine", "2|a|of the new side", "3|d|of the new side", "4|e|of the new side");
        database.execute("UPDATE branches SET id = id + 10");
        assertThat(database.one("SELECT count(*), min(old_id) FROM places")).isEqualTo("4|11");
        assertThat(database.query("SELECT * FROM turnout.rejected")).isEmpty();
    }

    @Test
    void aBadRowIsPutAsideAndNeverFailsTheApplication() throws SQLException {
        database.execute("INSERT INTO companies SELECT n, CASE n WHEN 5 THEN repeat('x', 21) ELSE 'c' END"
                + " FROM generate_series(1, 9) n");
        assertThat(places()).hasSize(8).noneMatch(row -> row.startsWith("company|5"));
        assertThat(database.query("SELECT table_name, key, phase, sqlstate, \"row\" ->> 'id' FROM turnout.rejected"))
                .containsExactly("companies|{\"id\": 5}|SYNC|22001|5");
        database.execute("UPDATE companies SET name = 'short' WHERE id = 5");
        assertThat(places()).hasSize(9);
        database.execute("UPDATE companies SET name = repeat('x', 21) WHERE id = 5");
        assertThat(places()).contains("company|5|SHORT|NULL|NULL");
    }

    @Test
    void whatIsRolledBackIsRolledBackOnBothSides() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO branches VALUES (1, 'a')");
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO branches VALUES (2, 'b')");
            statement.execute("ROLLBACK TO s");
            connection.commit();
        }
        assertThat(places()).containsExactly("branch|1|a|NULL|NULL");
    }

    @Test
    void theNewApplicationIsFollowedWhereThereIsAWayBack() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a')");
        database.execute("UPDATE places SET title = 'NEW' WHERE kind = 'company'");
        database.execute(
                "INSERT INTO places (kind, old_id, title) VALUES ('company', 2, 'TWO'), ('company', 3, 'THREE')");
        database.execute("DELETE FROM places WHERE old_id = 3");
        assertThat(database.query("SELECT id, name, deleted FROM companies ORDER BY id"))
                .containsExactly("1|new|f", "2|two|f");
        assertThat(places()).containsExactly("company|1|NEW|NULL|NULL", "company|2|TWO|NULL|NULL");
    }

    @Test
    void whatTheOldRowAlreadySaysStays() throws SQLException {
        database.execute(
                "INSERT INTO companies VALUES (1, 'MiXed')",
                "UPDATE places SET note = 'x', title = 'MIXED'",
                "UPDATE places SET open = NULL, title = 'MIXED'");
        assertThat(database.one("SELECT name FROM companies")).isEqualTo("MiXed");
    }

    @Test
    void aNewRowThatTheOldSideCannotHoldIsRefused() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true)", "ALTER TABLE places ALTER title DROP NOT NULL");
        assertThatThrownBy(() -> database.execute("INSERT INTO places (kind, old_id) VALUES ('company', 2)"))
                .hasMessageContaining("the old application could not read this row of places")
                .hasMessageContaining("write values that the old side knows");
        assertThatThrownBy(
                        () -> database.execute("INSERT INTO places (kind, old_id, title) VALUES ('company', 1, 'A')"))
                .hasMessageContaining("none that the move companies takes over");
        assertThat(places()).isEmpty();
    }

    @Test
    void aWriteWithoutAWayBackIsRefused() throws SQLException {
        database.execute("INSERT INTO branches VALUES (1, 'a')");
        for (String write : List.of(
                "UPDATE places SET title = 'x'",
                "INSERT INTO places (kind, old_id, title) VALUES ('branch', 2, 'x')",
                "DELETE FROM places",
                "TRUNCATE places")) {
            assertThatThrownBy(() -> database.execute(write)).as(write).isInstanceOf(SQLException.class);
        }
        database.execute("UPDATE places SET note = 'mine'", "UPDATE branches SET name = 'b'");
        assertThat(database.query("SELECT title, note FROM places")).containsExactly("b|mine");
    }

    @Test
    void aReplicaIsCarriedOverToo() throws SQLException {
        database.execute("SET session_replication_role = replica; INSERT INTO branches VALUES (1, 'a')");
        assertThat(places()).hasSize(1);
    }

    @Test
    void triggersThatSomebodyTouchedAreToldAndPutRight() throws SQLException {
        for (String sql : List.of(
                "ALTER TABLE hours DISABLE TRIGGER zzz_turnout_7_feed_update",
                "DROP TRIGGER zzz_turnout_7_feed_truncate ON branches",
                "DROP TRIGGER zzz_turnout_7_back_insert ON places",
                "CREATE OR REPLACE FUNCTION turnout.back_7_0(turnout_k0 int[]) RETURNS void LANGUAGE sql AS ''")) {
            database.execute(sql);
            assertThat(SyncTriggers.intact(site))
                    .as(sql)
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("altered");
            assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
            assertThat(SyncTriggers.intact(site)).isEmpty();
        }
    }

    @Test
    void nothingIsLeftAfterRemoval() throws SQLException {
        for (int times = 0; times < 2; times++) {
            site.database().transaction(Limits.DDL, connection -> {
                SyncTriggers.remove(connection, site);
                return site;
            });
        }
        assertThat(database.query("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'zzz_turnout%'"))
                .isEmpty();
        assertThat(database.query("SELECT proname FROM pg_proc WHERE pronamespace = 'turnout'::regnamespace"))
                .isEmpty();
    }

    @Test
    void aColumnThatDoesNotComeBackIsNotWrittenOnTheNewSide() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a')", "INSERT INTO hours VALUES (1, 1, 9, 17)");
        assertThatThrownBy(() -> database.execute("UPDATE places SET open = 8, title = 'B'"))
                .hasMessageContaining("open comes from the old side alone")
                .hasMessageContaining("companies has no way back for it");
        database.execute("UPDATE places SET open = 9, title = 'B'", "UPDATE hours SET open = 10");
        assertThat(places()).containsExactly("company|1|B|10|17");
    }
}
