package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link TransferSync} on PostgreSQL, with what only that can do. */
class TransferSyncTest extends TransferSync {
    @Override
    TestDatabase open() throws SQLException {
        return Shop.open();
    }

    @Override
    String putAside() {
        return "SELECT table_name, key, phase, sqlstate, \"row\" ->> 'id' FROM turnout.rejected";
    }

    @Override
    List<String> leftBehind() {
        return List.of(
                "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'zzz_turnout%'",
                "SELECT proname FROM pg_proc WHERE pronamespace = 'turnout'::regnamespace");
    }

    @Test
    void a_statement_over_many_rows_is_carried_over() throws SQLException {
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
    void a_truncate_is_carried_over() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a'), (2, 'b')", "INSERT INTO hours VALUES (1, 1, 9, 17)");
        database.execute("TRUNCATE hours");
        assertThat(places()).containsExactly("company|1|A|NULL|NULL", "company|2|B|NULL|NULL");
        database.execute("TRUNCATE companies");
        assertThat(places()).isEmpty();
    }

    @Test
    void a_truncate_without_a_way_back_is_refused() throws SQLException {
        database.execute("INSERT INTO branches VALUES (1, 'a')");
        assertThatThrownBy(() -> database.execute("TRUNCATE places")).isInstanceOf(SQLException.class);
        assertThat(places()).hasSize(1);
    }

    /** To such a collation the new name is the old one. */
    @Test
    void a_change_that_the_collation_takes_for_nothing_is_carried_over() throws SQLException {
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
    void rows_may_exchange_a_unique_value() throws SQLException {
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
    void what_is_rolled_back_is_rolled_back_on_both_sides() throws SQLException {
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
    void a_new_row_that_the_old_side_cannot_hold_is_refused() throws SQLException {
        database.execute("INSERT INTO companies VALUES (1, 'a', true)", "ALTER TABLE places ALTER title DROP NOT NULL");
        assertThatThrownBy(() -> database.execute("INSERT INTO places (kind, old_id) VALUES ('company', 2)"))
                .hasMessageContaining("the old application could not read this row of places")
                .hasMessageContaining("write values that the old side knows");
        assertThat(places()).isEmpty();
    }

    @Test
    void a_replica_is_carried_over_too() throws SQLException {
        database.execute("SET session_replication_role = replica; INSERT INTO branches VALUES (1, 'a')");
        assertThat(places()).hasSize(1);
    }

    @Test
    void triggers_that_somebody_touched_are_told_and_put_right() throws SQLException {
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
}
