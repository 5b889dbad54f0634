package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application writes reaches the other side in the same row, whichever side it writes, on MySQL. */
class MySqlSyncTest {
    private TestDatabase db;
    private Site site;

    @BeforeEach
    void open() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
        db.execute(
                "CREATE TABLE services (id int PRIMARY KEY, code varchar(20) NOT NULL)",
                "INSERT INTO services VALUES (1, 'LIFTING'), (2, 'ACNE'), (9, 'NEW')",
                "CREATE TABLE bookings (id bigint AUTO_INCREMENT PRIMARY KEY, note varchar(20), service"
                        + " enum('LIFTING', 'ACNE') NOT NULL, time varchar(20), service_id int, period char(2))");
        Map<String, String> up = new LinkedHashMap<>();
        up.put("service_id", "(SELECT s.id FROM services s WHERE s.code = old.service)");
        up.put("period", "CASE WHEN old.time = 'bad' THEN 'too long' WHEN old.time < '12' THEN 'AM' ELSE 'PM' END");
        Map<String, Move.Down> down = new LinkedHashMap<>();
        down.put(
                "service",
                new Move.Down("(SELECT s.code FROM services s WHERE s.id = new.service_id)", Optional.empty()));
        down.put(
                "time",
                new Move.Down(
                        "CASE new.period WHEN 'AM' THEN '09:00' WHEN 'PM' THEN '14:00' END", Optional.of("'any'")));
        Move move = new Move("bookings", List.of("id"), up, down, List.of(), Map.of(), 100);
        site = new Site(new TestSpec().move(move).spec(), 7, 1, 0, "a worker", db.database(), new SetClock());
        Bookkeeping.enter(site);
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private String row() throws SQLException {
        return db.one("SELECT service, time, service_id, period FROM bookings ORDER BY id DESC LIMIT 1");
    }

    @Test
    void the_old_application_is_followed_and_the_new_one_as_well() throws SQLException {
        db.execute("INSERT INTO bookings (service, time) VALUES ('LIFTING', '10:30')");
        assertThat(row()).isEqualTo("LIFTING|10:30|1|AM");
        db.execute("UPDATE bookings SET time = '16:15'");
        assertThat(row()).isEqualTo("LIFTING|16:15|1|PM");
        db.execute("UPDATE bookings SET service_id = 2, period = 'PM'");
        assertThat(row()).as("16:15 says more than 14:00 and agrees").isEqualTo("ACNE|16:15|2|PM");
        db.execute("UPDATE bookings SET period = 'AM'");
        assertThat(row()).isEqualTo("ACNE|09:00|2|AM");
        db.execute("INSERT INTO bookings (service_id, period) VALUES (1, 'PM')");
        assertThat(row()).as("the new application knows no old column").isEqualTo("LIFTING|14:00|1|PM");
        db.execute("UPDATE bookings SET note = 'x', service = 'ACNE' WHERE service = 'LIFTING'");
        assertThat(row()).isEqualTo("ACNE|14:00|2|PM");
    }

    @Test
    void a_new_value_without_an_old_one_is_refused_and_says_why() throws SQLException {
        assertThatThrownBy(() -> db.execute("INSERT INTO bookings (service_id, period) VALUES (9, 'PM')"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no old value for new ones of bookings");
        assertThatThrownBy(() -> db.execute("INSERT INTO bookings (service_id, period) VALUES (77, 'PM')"))
                .hasMessageContaining("service must not be NULL");
        db.execute("INSERT INTO bookings (service_id, period) VALUES (1, 'XX')");
        assertThat(row()).as("the declared fallback").isEqualTo("LIFTING|any|1|XX");
        assertThat(db.one("SELECT count(*) FROM turnout.rejected")).isEqualTo("0");
    }

    @Test
    void what_cannot_be_mapped_does_not_fail_the_write_and_is_put_aside_under_its_key() throws SQLException {
        try (Connection lenient = db.connect();
                Statement write = lenient.createStatement()) {
            write.execute("SET sql_mode = ''");
            write.execute("INSERT INTO bookings (service, time) VALUES ('LIFTING', '10:00'), ('ACNE', 'bad'),"
                    + " ('ACNE', '15:00')");
        }
        assertThat(db.query("SELECT id, service_id, period FROM bookings ORDER BY id"))
                .containsExactly("1|1|AM", "2|NULL|NULL", "3|2|PM");
        assertThat(db.query("SELECT r.key, r.phase, r.message FROM turnout.rejected r"))
                .containsExactly("{\"id\": 2}|SYNC|Data too long for column 'turnout_up1' at row 1");
        db.execute("UPDATE bookings SET id = 20 WHERE id = 2");
        assertThat(db.query("SELECT r.key FROM turnout.rejected r ORDER BY id"))
                .as("followed under another key")
                .containsExactly("{\"id\": 2}", "{\"id\": 20}");
        db.execute("UPDATE bookings SET time = '11:00' WHERE id = 20");
        assertThat(db.one("SELECT service_id, period FROM bookings WHERE id = 20"))
                .isEqualTo("2|AM");
    }

    @Test
    void what_is_rolled_back_leaves_nothing_behind() throws SQLException {
        try (Connection application = db.connect();
                Statement write = application.createStatement()) {
            application.setAutoCommit(false);
            write.execute("INSERT INTO bookings (service, time) VALUES ('ACNE', 'bad')");
            application.rollback();
        }
        assertThat(db.one("SELECT (SELECT count(*) FROM bookings), (SELECT count(*) FROM turnout.rejected)"))
                .isEqualTo("0|0");
    }

    @Test
    void an_installation_that_was_cut_goes_on_and_an_altered_one_is_noticed_and_mended() throws SQLException {
        assertThat(SyncTriggers.intact(site)).isEmpty();
        db.execute(
                "DROP TRIGGER zzz_turnout_7_0_update",
                "DROP TRIGGER zzz_turnout_7_0_insert",
                "UPDATE turnout.step SET state = 'BEGUN', hash = ''");
        assertThat(SyncTriggers.intact(site)).singleElement().asString().contains("are not installed");
        Clinic.drive(new SyncTriggers(), site);
        assertThat(SyncTriggers.intact(site)).isEmpty();

        db.execute(
                "DROP TRIGGER zzz_turnout_7_0_insert",
                "CREATE TRIGGER zzz_turnout_7_0_insert BEFORE INSERT ON bookings FOR EACH ROW SET NEW.note = 'mine'");
        assertThat(SyncTriggers.intact(site)).singleElement().asString().contains("have been altered");
        Clinic.drive(new SyncTriggers(), site);
        db.execute("INSERT INTO bookings (service, time) VALUES ('LIFTING', '10:30')");
        assertThat(row()).isEqualTo("LIFTING|10:30|1|AM");
    }

    @Test
    void a_connection_of_the_backfill_is_an_ordinary_one_for_whoever_gets_it_next() throws SQLException {
        for (int borrower = 0; borrower < 12; borrower++) {
            db.database().transaction(Limits.BATCH, connection -> {
                Sql.run(connection, "SET @turnout_backfill = 1");
                return connection;
            });
            assertThatThrownBy(() -> db.database().transaction(Limits.BATCH, connection -> {
                        Sql.run(connection, "SET @turnout_backfill = 1");
                        Sql.run(connection, "SELECT * FROM absent");
                        return connection;
                    }))
                    .isInstanceOf(SQLException.class);
            Optional<String> unset = db.database()
                    .transaction(Limits.BATCH, connection -> Sql.value(connection, "SELECT @turnout_backfill IS NULL"));
            assertThat(unset).contains("1");
        }
    }

    @Test
    void a_blocked_trigger_names_who_blocks_it() throws SQLException {
        db.execute("DROP TRIGGER zzz_turnout_7_0_insert", "UPDATE turnout.step SET state = 'BEGUN', hash = ''");
        try (Connection application = db.connect();
                Statement read = application.createStatement()) {
            application.setAutoCommit(false);
            read.execute("SELECT * FROM bookings");
            String id = db.one("SELECT max(id) FROM information_schema.processlist WHERE command = 'Sleep' AND db = '"
                    + db.name() + "'");
            Stride stride = new SyncTriggers().stride(site);
            assertThat(stride).isInstanceOf(Stride.Wait.class);
            assertThat(stride.because())
                    .startsWith("adding the sync triggers of bookings waits for a lock; held by connection ")
                    .contains("on bookings");
            assertThat(id).isNotEmpty();
        }
        assertThat(Clinic.drive(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
    }
}
