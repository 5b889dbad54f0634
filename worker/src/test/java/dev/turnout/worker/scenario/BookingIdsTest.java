package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Tuning;
import dev.turnout.worker.analyze.Analyze;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Effort;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.contract.ContractPhase;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.monitor.Measuring;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.preflight.Preflight;
import dev.turnout.worker.reverse.Rollback;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import dev.turnout.worker.verify.Rehearsal;
import dev.turnout.worker.verify.Verify;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first reference migration: one column holds two kinds of id, on MySQL. */
class BookingIdsTest {
    private static final String LIVE = "FROM appointments WHERE deleted_at IS NULL AND id BETWEEN 509 AND 636";
    private static final String NUMBERS_IN_V2 =
            "SELECT count(*) " + LIVE + " AND calcom_v2_booking_id REGEXP '^[0-9]+$'";
    private static final String V1 = "SELECT count(calcom_booking_id) " + LIVE;
    private static final String UIDS = "SELECT count(*) " + LIVE + " AND calcom_v2_booking_id REGEXP '[A-Za-z]'";
    private static final String TOTAL = "SELECT count(*) " + LIVE;
    private static final String BACKUP = "SELECT count(_migration_backup_v2_id) " + LIVE;
    private static final String SOFT_DELETED =
            "SELECT id, calcom_booking_id, calcom_v2_booking_id, source, created_at, updated_at, deleted_at"
                    + " FROM appointments WHERE deleted_at IS NOT NULL ORDER BY id";
    private static final String ORIGINAL =
            "SELECT id, calcom_booking_id, calcom_v2_booking_id, source, created_at, updated_at, deleted_at"
                    + " FROM appointments ORDER BY id";

    private Scenario bookings;

    @BeforeEach
    void open() throws SQLException {
        bookings = new Scenario("booking-ids", TestServer.MYSQL.newDatabase());
    }

    @AfterEach
    void close() throws SQLException {
        bookings.close();
    }

    private String one(String sql) throws SQLException {
        return bookings.database.one(sql);
    }

    private void through(PhaseWork... phases) throws SQLException {
        for (PhaseWork phase : phases) {
            assertThat(bookings.drive(phase))
                    .as(phase.getClass().getSimpleName())
                    .isInstanceOf(Stride.Done.class);
        }
    }

    private static PhaseWork[] upToReady() {
        return new PhaseWork[] {
            new Preflight(),
            new Expand(),
            new Analyze(),
            new SyncTriggers(),
            new ChunkPlan(50),
            backfill(),
            new Verify(),
            new Rehearsal()
        };
    }

    private static Backfill backfill() {
        return new Backfill(
                new Gauge(Throttle.DEFAULT, () -> Tuning.NONE, new SetClock()),
                () -> new Effort(Duration.ofMillis(50), 1));
    }

    @Test
    void the_sample_is_what_the_section_says() throws SQLException {
        assertThat(one(TOTAL)).isEqualTo("128");
        assertThat(one(NUMBERS_IN_V2 + " AND calcom_booking_id IS NULL")).isEqualTo("102");
        assertThat(one(V1)).isEqualTo("2");
        assertThat(one(UIDS)).isEqualTo("3");
        assertThat(one(UIDS + " AND calcom_booking_id IS NOT NULL")).isEqualTo("2");
        assertThat(one("SELECT count(*) " + LIVE + " AND calcom_booking_id IS NULL AND calcom_v2_booking_id IS NULL"))
                .isEqualTo("23");
        assertThat(one("SELECT calcom_booking_id, calcom_v2_booking_id FROM appointments WHERE id = 512"))
                .isEqualTo("NULL|11240512");
        assertThat(one("SELECT calcom_booking_id, calcom_v2_booking_id FROM appointments WHERE id = 636"))
                .isEqualTo("11244795|1DFF95BCdYNCiG33tPL8mK");
        assertThat(bookings.database.query(SOFT_DELETED + " LIMIT 20"))
                .hasSize(12)
                .allMatch(row -> row.split("\\|")[2].matches("\\d+"));
    }

    @Test
    void the_monitors_of_the_calm_say_that_all_is_well_and_what_is_not() throws SQLException {
        bookings.begin();
        through(upToReady());
        assertThat(Measuring.all(bookings.spec, bookings.database.database(), bookings.clock.instant())
                        .values())
                .hasSize(3)
                .allMatch(verdict -> verdict.startsWith("SUCCESS"));
        for (String trigger : bookings.database.query(
                "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database()")) {
            bookings.database.execute("DROP TRIGGER `" + trigger + "`");
        }
        bookings.database.execute(
                "INSERT INTO appointments (id, calcom_v2_booking_id, source) VALUES (9000, '4711', 'web')");
        assertThat(Measuring.all(bookings.spec, bookings.database.database(), bookings.clock.instant()))
                .containsEntry("numbers in the V2 column", "FAILURE: fails when numbers > 0");
    }

    @Test
    void ids_are_copied_first_then_readers_switch_then_the_column_is_cleared_and_the_backup_goes_last()
            throws SQLException {
        List<String> softDeleted = bookings.database.query(SOFT_DELETED);
        bookings.begin();
        through(upToReady());

        // Copied: a reader that still looks in the V2 column finds what it looks for.
        assertThat(one(NUMBERS_IN_V2)).isEqualTo("102");
        assertThat(one(V1)).isEqualTo("104");
        assertThat(one(UIDS)).isEqualTo("3");
        assertThat(one(BACKUP)).isEqualTo("105");
        assertThat(one("SELECT calcom_booking_id, calcom_v2_booking_id FROM appointments WHERE id = 512"))
                .isEqualTo("11240512|11240512");

        // Cleared, which can still be taken back; the backup waits for a day of calm.
        ContractPhase contract = new ContractPhase();
        assertThat(contract.stride(bookings.site())).isInstanceOf(Stride.Again.class);
        Stride waiting = contract.stride(bookings.site());
        assertThat(waiting).isInstanceOf(Stride.Wait.class);
        assertThat(waiting.because()).contains("drop-backup.sql waits for calm until");
        assertThat(one(NUMBERS_IN_V2)).isEqualTo("0");
        assertThat(one(V1)).isEqualTo("104");
        assertThat(one(UIDS)).isEqualTo("3");
        assertThat(one(BACKUP)).isEqualTo("105");
        assertThat(one(TOTAL)).isEqualTo("128");
        assertThat(one("SELECT calcom_booking_id, calcom_v2_booking_id FROM appointments WHERE id = 512"))
                .isEqualTo("11240512|NULL");
        assertThat(one("SELECT calcom_booking_id, calcom_v2_booking_id FROM appointments WHERE id = 636"))
                .isEqualTo("11244795|1DFF95BCdYNCiG33tPL8mK");
        assertThat(bookings.database.query(SOFT_DELETED)).isEqualTo(softDeleted);

        bookings.clock.pass(Duration.ofHours(25));
        through(contract);
        assertThat(one("SELECT count(*) FROM information_schema.columns WHERE table_schema = database()"
                        + " AND table_name = 'appointments' AND column_name LIKE '\\_migration%'"))
                .isEqualTo("0");
        assertThat(bookings.database.query(SOFT_DELETED)).isEqualTo(softDeleted);
    }

    @Test
    void a_rollback_restores_exactly_and_the_move_can_be_run_again() throws SQLException {
        List<String> original = bookings.database.query(ORIGINAL);
        bookings.begin();
        through(upToReady());
        ContractPhase contract = new ContractPhase();
        assertThat(contract.stride(bookings.site())).as("cleared").isInstanceOf(Stride.Again.class);

        through(new Rollback());

        assertThat(bookings.database.query(ORIGINAL)).isEqualTo(original);
        assertThat(one(BACKUP)).as("the backup stays").isEqualTo("105");

        bookings.again();
        through(upToReady());
        assertThat(one(V1)).isEqualTo("104");
        assertThat(one(NUMBERS_IN_V2)).isEqualTo("102");
        assertThat(one(BACKUP)).isEqualTo("105");
    }

    @Test
    void a_v1_id_that_is_there_is_never_overwritten_and_what_cannot_be_moved_is_listed() throws SQLException {
        bookings.database.execute("""
                INSERT INTO appointments (id, calcom_booking_id, calcom_v2_booking_id, source) VALUES
                  (701, 5, '7', 'app'), (702, 5, '5', 'app'), (703, NULL, '007', 'app'), (704, NULL, '+7', 'app'),
                  (705, NULL, ' 7', 'app'), (706, NULL, '9223372036854775808', 'app'),
                  (707, NULL, '9223372036854775807', 'app')""");
        bookings.begin();
        through(upToReady());

        assertThat(bookings.database.query("SELECT id, calcom_booking_id, calcom_v2_booking_id FROM appointments"
                        + " WHERE id > 700 ORDER BY id"))
                .containsExactly(
                        "701|5|7",
                        "702|5|5",
                        "703|NULL|007",
                        "704|NULL|+7",
                        "705|NULL| 7",
                        "706|NULL|9223372036854775808",
                        "707|9223372036854775807|9223372036854775807");
        assertThat(bookings.database.query("SELECT JSON_EXTRACT(`key`, '$.id'), message FROM turnout.rejected"
                        + " WHERE resolved_at IS NULL ORDER BY 1"))
                .containsExactly(
                        "701|the V1 id differs from the number in the V2 column",
                        "703|a number that cannot be moved without loss",
                        "704|a number that cannot be moved without loss",
                        "705|a number that cannot be moved without loss",
                        "706|a number that cannot be moved without loss");

        Stride stride = new ContractPhase().stride(bookings.site());
        assertThat(stride).as("not with rows that only a person can place").isInstanceOf(Stride.Stop.class);
        assertThat(one(NUMBERS_IN_V2)).isEqualTo("102");

        // Somebody places them; one is V1's own from the beginning and must survive a rollback.
        bookings.database.execute(
                "UPDATE appointments SET calcom_v2_booking_id = NULL WHERE id IN (701, 703, 704, 705, 706)");
        assertThat(SecondTry.ofAll(bookings.site())).isEqualTo(5);
        ContractPhase contract = new ContractPhase();
        assertThat(contract.stride(bookings.site())).isInstanceOf(Stride.Again.class);
        through(new Rollback());
        assertThat(bookings.database.query("SELECT id, calcom_booking_id, calcom_v2_booking_id FROM appointments"
                        + " WHERE id IN (701, 702, 707) ORDER BY id"))
                .containsExactly("701|5|NULL", "702|5|5", "707|NULL|9223372036854775807");
    }

    @Test
    void what_either_application_writes_meanwhile_is_right_on_both_sides() throws Exception {
        bookings.begin();
        through(new Expand(), new SyncTriggers());
        String row = "SELECT calcom_booking_id, calcom_v2_booking_id, _migration_moved_v1_id, _migration_backup_v2_id"
                + " FROM appointments WHERE id = 900";
        bookings.database.execute(
                "INSERT INTO appointments (id, calcom_v2_booking_id, source) VALUES (900, '111', 'app')");
        assertThat(one(row)).as("created by the old application").isEqualTo("111|111|111|111");
        bookings.database.execute("UPDATE appointments SET calcom_v2_booking_id = '222' WHERE id = 900");
        assertThat(one(row)).as("changed by it").isEqualTo("222|222|222|222");
        bookings.database.execute("UPDATE appointments SET calcom_booking_id = 333 WHERE id = 900");
        assertThat(one(row)).as("changed by the new one").isEqualTo("333|333|NULL|333");
        bookings.database.execute("UPDATE appointments SET calcom_v2_booking_id = 'aBc' WHERE id = 900");
        assertThat(one(row)).as("a UID takes the place of the number").isEqualTo("333|aBc|NULL|aBc");
        bookings.database.execute(
                "INSERT INTO appointments (calcom_v2_booking_id, source, deleted_at) VALUES ('444', 'app', now())");
        assertThat(one("SELECT calcom_booking_id, _migration_backup_v2_id FROM appointments"
                        + " WHERE calcom_v2_booking_id = '444'"))
                .as("soft-deleted")
                .isEqualTo("NULL|NULL");
        bookings.database.execute(
                "INSERT INTO appointments (calcom_booking_id, calcom_v2_booking_id, source) VALUES (5, '6', 'app')");
        assertThat(one("SELECT JSON_EXTRACT(`key`, '$.id') = (SELECT max(id) FROM appointments), phase, message"
                        + " FROM turnout.rejected"))
                .as("put aside under the key that the row got")
                .isEqualTo("1|SYNC|the V1 id differs from the number in the V2 column");
    }

    @Test
    void the_old_application_writes_all_the_while() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        AtomicBoolean writing = new AtomicBoolean(true);
        try {
            List<Future<Map<Long, String>>> writers = new ArrayList<>();
            for (int number = 0; number < 3; number++) {
                int writer = number;
                writers.add(pool.submit(() -> write(writer, writing)));
            }
            bookings.begin();
            through(upToReady());
            assertThat(new ContractPhase().stride(bookings.site()).because()).contains("clear-v2.sql: has run");
            writing.set(false);

            assertThat(one(NUMBERS_IN_V2)).isEqualTo("0");
            assertThat(one(V1)).isEqualTo("104");
            assertThat(one(BACKUP)).isEqualTo("105");
            int rows = 0;
            for (Future<Map<Long, String>> writer : writers) {
                for (Map.Entry<Long, String> written : writer.get().entrySet()) {
                    String found = one("SELECT coalesce((SELECT coalesce(calcom_v2_booking_id, calcom_booking_id, '-')"
                            + " FROM appointments WHERE id = " + written.getKey() + "), 'gone')");
                    assertThat(found).as("row " + written.getKey()).isEqualTo(written.getValue());
                    rows++;
                }
            }
            assertThat(rows).isGreaterThan(100);
        } finally {
            writing.set(false);
            pool.shutdownNow();
        }
    }

    /** @return what was acknowledged last of each row: the id in whichever column, a dash, or gone */
    private Map<Long, String> write(int writer, AtomicBoolean writing) throws SQLException {
        Map<Long, String> written = new HashMap<>();
        Random random = new Random(writer);
        try (Connection connection = bookings.database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (written.size() < 50 || writing.get()) {
                long id = 1_000_000L * (writer + 1) + random.nextInt(200);
                String number = String.valueOf(1_000 + random.nextInt(1_000_000));
                String value = random.nextInt(5) == 0 ? "uid" + number : number;
                boolean insert = !written.containsKey(id) || written.get(id).equals("gone");
                boolean delete = !insert && random.nextInt(6) == 0;
                statement.executeUpdate(
                        insert
                                ? "INSERT INTO appointments (id, calcom_v2_booking_id, source) VALUES (" + id + ", '"
                                        + value + "', 'app')"
                                : delete
                                        ? "DELETE FROM appointments WHERE id = " + id
                                        : "UPDATE appointments SET calcom_v2_booking_id = '" + value + "' WHERE id = "
                                                + id);
                if (random.nextInt(10) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    written.put(id, delete ? "gone" : value);
                }
            }
        }
        return written;
    }
}
