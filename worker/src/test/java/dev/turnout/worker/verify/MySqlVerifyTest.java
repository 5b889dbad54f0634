package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Move;
import dev.turnout.worker.analyze.Analyze;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On MySQL: the proof, that it would notice, and the constraints that follow. */
class MySqlVerifyTest {
    private TestDatabase db;
    private Site site;

    @BeforeEach
    void open() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
        db.execute(
                "CREATE TABLE services (id int PRIMARY KEY, code varchar(20) NOT NULL)",
                "INSERT INTO services VALUES (1, 'LIFTING'), (2, 'ACNE')",
                "CREATE TABLE b (id bigint AUTO_INCREMENT PRIMARY KEY, service enum('LIFTING', 'ACNE') NOT NULL,"
                        + " raw varbinary(20), price decimal(10,2), doc json, hour varchar(20), service_id int, name"
                        + " varchar(40) COLLATE utf8mb4_unicode_ci, bytes varbinary(20), cents bigint, data json)",
                "INSERT INTO b (service, raw, price, doc, hour) WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1"
                        + " FROM s WHERE n < 120) SELECT CASE WHEN n % 3 = 0 THEN 'ACNE' ELSE 'LIFTING' END,"
                        + " unhex(concat('00', lpad(hex(n), 4, '0'))), n * 1.01, JSON_OBJECT('n', n), CASE n % 4 WHEN 0"
                        + " THEN '10:00' WHEN 1 THEN '2pm' WHEN 2 THEN '오전 10시' ELSE '' END FROM s");
        Map<String, String> up = new LinkedHashMap<>();
        up.put("service_id", "(SELECT s.id FROM services s WHERE s.code = old.service)");
        up.put("name", "'Nr. ' || old.id || ' ' || old.service");
        up.put("bytes", "old.raw");
        up.put("cents", "old.price * 100");
        up.put("data", "JSON_SET(old.doc, '$.x', 1)");
        Map<String, Move.Down> down = Map.of(
                "service",
                new Move.Down("(SELECT s.code FROM services s WHERE s.id = new.service_id)", Optional.empty()));
        Move move = new Move(
                "b",
                List.of("id"),
                up,
                down,
                List.of("service_id"),
                Map.of("service_id", new ColumnRef("services", "id")),
                100);
        Map<String, String> formats = new LinkedHashMap<>();
        formats.put("clock", "^([01]?[0-9]|2[0-3]):[0-5][0-9]$");
        formats.put("pm", "^[0-9]+(am|pm)$");
        formats.put("korean", "^오전 ");
        Analysis analysis = new Analysis(
                new ColumnRef("b", "hour"), formats, Optional.of(new Analysis.Unplaced("^$", BigDecimal.valueOf(30))));
        site = new Site(
                new TestSpec().analyze(analysis).move(move).spec(), 7, 1, 0, "a worker", db.database(), new SetClock());
        Bookkeeping.enter(site);
        through(new SyncTriggers(), new ChunkPlan(50), Visits.backfill(Duration.ofMillis(50)));
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private void through(PhaseWork... phases) throws SQLException {
        for (PhaseWork phase : phases) {
            assertThat(Clinic.drive(phase, site)).isInstanceOf(Stride.Done.class);
        }
    }

    @Test
    void every_row_is_right_and_the_constraints_follow_online() throws SQLException {
        through(new Verify());
        assertThat(db.one("SELECT is_nullable FROM information_schema.columns WHERE table_schema = database()"
                        + " AND table_name = 'b' AND column_name = 'service_id'"))
                .isEqualTo("NO");
        assertThat(db.one("SELECT referenced_table_name FROM information_schema.key_column_usage WHERE table_schema ="
                        + " database() AND table_name = 'b' AND referenced_table_name IS NOT NULL"))
                .isEqualTo("services");
        assertThat(db.one("SELECT count(*) FROM information_schema.tables WHERE table_schema = database()"))
                .as("no scratch table is left")
                .isEqualTo("2");
    }

    @Test
    void a_corruption_stops_and_is_named() throws SQLException {
        db.execute("SET @turnout_backfill = 1; UPDATE b SET service_id = 2, name = concat(name, ' ') WHERE id = 7");
        Stride stride = Clinic.drive(new Verify(), site);
        assertThat(stride).isInstanceOf(Stride.Stop.class);
        assertThat(((Stride.Stop) stride).problems())
                .containsExactly(
                        "b {\"id\": 7} service_id: expected 1, found 2",
                        "b {\"id\": 7} name: expected Nr. 7 LIFTING, found Nr. 7 LIFTING ");
    }

    @Test
    void an_orphan_keeps_the_foreign_key_away() throws SQLException {
        db.execute("SET @turnout_backfill = 1; UPDATE b SET service_id = 77, service = 'ACNE' WHERE id = 7");
        Move move = site.spec().moves().get(0);
        Optional<Stride> stride = MySqlConstraints.reference(site, move, "service_id", new ColumnRef("services", "id"));
        assertThat(stride.orElseThrow()).isInstanceOf(Stride.Stop.class);
        assertThat(db.one("SELECT count(*) FROM information_schema.referential_constraints"
                        + " WHERE constraint_schema = database()"))
                .isEqualTo("0");
    }

    @Test
    void formats_are_counted_and_lossiness_is_measured() throws SQLException {
        Stride stride = new Analyze().stride(site);
        assertThat(stride).isInstanceOf(Stride.Done.class);
        String report = ((Stride.Done) stride).report().toString();
        assertThat(report).contains("2pm", "오전 10시", "differing=0");
        db.execute("SET @turnout_backfill = 1; UPDATE b SET hour = 'Half Past 9' WHERE id < 4");
        Stride stopped = new Analyze().stride(site);
        assertThat(((Stride.Stop) stopped).problems())
                .containsExactly(
                        "b.hour: 3 rows (2.50 %) of the format 'aaaa aaaa 9' are covered by no rule, for example"
                                + " 'Half Past 9'");
    }
}
