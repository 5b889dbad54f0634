package dev.turnout.worker.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.write.DualWrite.Unsynced;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.Write.Op;
import dev.turnout.worker.write.WriteBoard.Claimed;
import dev.turnout.worker.write.WriteBoard.Finished;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes of an application to the hospital, through Turnout. */
class DualWriteTest {
    private static final String BOTH =
            "SELECT service, \"preferredTime\", \"serviceId\", period FROM reservations WHERE id = 7";

    private TestDatabase database;
    private Site site;
    private int keys;

    @BeforeEach
    void aHospital() throws SQLException {
        database = Clinic.open();
        site = Clinic.site(Clinic.spec(), database, 1);
        Bookkeeping.enter(site);
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private void synced() throws SQLException {
        Clinic.drive(new Expand(), site);
        Clinic.drive(new SyncTriggers(), site);
        // Counts what reaches the table, so that a write done twice is seen.
        database.execute("CREATE TABLE seen (id bigint, notes text)", """
                CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO seen VALUES (NEW.id, NEW.notes); RETURN NULL; END $$""", """
                CREATE TRIGGER see AFTER INSERT OR UPDATE ON reservations FOR EACH ROW EXECUTE FUNCTION see()""");
    }

    private static Map<String, Optional<String>> whole(String... more) {
        Map<String, Optional<String>> values = new HashMap<>(values(more));
        values.putAll(values(
                "patientId", "P1", "patient_name", "김환자", "phone", "010-1", "birth_date", "1990-01-01", "gender", "F"));
        values.putAll(values("treatment_type", "FIRST_VISIT", "preferredDate", "2026-01-06"));
        return values;
    }

    private static Map<String, Optional<String>> values(String... columnsAndValues) {
        Map<String, Optional<String>> values = new HashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values.put(columnsAndValues[i], Optional.of(columnsAndValues[i + 1]));
        }
        return values;
    }

    private static Write upsert(Side side, String id, Map<String, Optional<String>> values) {
        return new Write(side, "reservations", Op.UPSERT, Map.of("id", id), values);
    }

    private Claimed claimed(Phase phase, Write write) {
        return new Claimed(1, site.run(), "test", phase, "key-" + keys++, write, 1);
    }

    private Outcome perform(Phase phase, Write write) throws SQLException {
        return new DualWrite(site, site.database(), claimed(phase, write)).perform();
    }

    private Outcome perform(Write write) throws SQLException {
        return perform(Phase.ROLLING_OUT, write);
    }

    @Test
    void a_write_in_the_words_of_either_side_is_held_by_both() throws SQLException {
        synced();
        assertThat(perform(upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30"))))
                .isEqualTo(new Outcome(Verdict.APPLIED, "", "both sides hold it"));
        assertThat(database.one(BOTH)).isEqualTo("LIFTING|10:30|4|MORNING");

        assertThat(perform(upsert(Side.NEW, "7", values("serviceId", "1", "period", "EVENING")))
                        .verdict())
                .isEqualTo(Verdict.APPLIED);
        assertThat(database.one(BOTH)).isEqualTo("WRINKLE_BOTOX|18:00|1|EVENING");

        Write delete = new Write(Side.NEW, "reservations", Op.DELETE, Map.of("id", "7"), Map.of());
        assertThat(perform(delete).because()).isEqualTo("it is gone from both sides");
        assertThat(perform(delete).verdict()).as("of a row that is not there").isEqualTo(Verdict.APPLIED);
        assertThat(database.query(BOTH)).isEmpty();
    }

    @Test
    void a_null_is_written_and_other_columns_are_left_alone() throws SQLException {
        synced();
        perform(upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30", "notes", "hay fever")));
        perform(upsert(Side.OLD, "7", Map.of("notes", Optional.empty())));
        assertThat(database.one("SELECT notes, patient_name FROM reservations")).isEqualTo("NULL|김환자");
    }

    @Test
    void the_same_write_is_done_once_however_often_and_by_however_many() throws Exception {
        synced();
        Claimed claimed =
                claimed(Phase.SOAKING, upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30")));
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                outcomes.add(workers.submit(() -> new DualWrite(site, site.database(), claimed).perform()));
            }
            for (Future<Outcome> outcome : outcomes) {
                assertThat(outcome.get().because()).isEqualTo("both sides hold it");
            }
        } finally {
            workers.shutdown();
        }
        assertThat(database.one("SELECT count(*) FROM seen")).isEqualTo("1");
    }

    @Test
    void a_late_worker_neither_overwrites_a_newer_write_nor_changes_a_refusal() throws SQLException {
        synced();
        Claimed refused =
                claimed(Phase.SOAKING, upsert(Side.OLD, "7", values("notes", "no such row, and no whole one")));
        Claimed first = claimed(
                Phase.SOAKING,
                upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30", "notes", "1")));
        assertThat(new DualWrite(site, site.database(), refused).perform().verdict())
                .isEqualTo(Verdict.REFUSED);
        new DualWrite(site, site.database(), first).perform();
        perform(upsert(Side.OLD, "7", values("notes", "2")));

        assertThat(new DualWrite(site, site.database(), first).perform().verdict())
                .isEqualTo(Verdict.APPLIED);
        // By now it could be done.
        assertThat(new DualWrite(site, site.database(), refused).perform().verdict())
                .isEqualTo(Verdict.REFUSED);
        assertThat(database.query("SELECT notes FROM seen")).containsExactly("1", "2");
    }

    @Test
    void what_the_database_refuses_is_told_in_its_words_and_nothing_is_written() throws SQLException {
        synced();
        perform(upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30")));
        String before = database.one("SELECT r::text FROM reservations r");
        Map<Write, String> refusals = new HashMap<>();
        refusals.put(
                upsert(Side.OLD, "7", values("birth_date", "31 June 1990")),
                "22008 date/time field value out of range");
        refusals.put(upsert(Side.OLD, "7", values("gender", "W")), "23514 new row for relation \"reservations\"");
        refusals.put(upsert(Side.NEW, "7", values("serviceId", "99")), "23502 the old application could not read");
        refusals.put(upsert(Side.OLD, "seven", values("notes", "n")), "22P02 invalid input syntax for type bigint");
        refusals.put(upsert(Side.OLD, "8", values("notes", "n")), "23502 null value in column");
        refusals.put(
                upsert(Side.OLD, "7", values("colour", "red", "notes", "n")), " reservations has no column colour");
        refusals.put(upsert(Side.OLD, "007", values("notes", "n")), " write the key as the database does: id as 7");
        refusals.put(
                upsert(Side.OLD, "7", values("serviceId", "3", "id", "8")),
                " values.id is a column of the key: delete the row and write another; values.serviceId is a column of the"
                        + " NEW side, which follows by itself");
        refusals.put(
                upsert(Side.NEW, "7", values("serviceId", "3", "serviceName", "주름 보톡스")),
                " the sides would differ in serviceName: leave these columns out");
        for (Map.Entry<Write, String> each : refusals.entrySet()) {
            Outcome outcome = perform(each.getKey());
            assertThat(outcome.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(outcome.sqlState() + " " + outcome.because()).startsWith(each.getValue());
        }
        assertThat(database.one("SELECT r::text FROM reservations r")).isEqualTo(before);
        assertThat(database.one("SELECT count(*) FROM turnout.applied_write WHERE outcome = 'REFUSED'"))
                .isEqualTo(Integer.toString(refusals.size()));
    }

    @Test
    void names_and_values_are_never_sql() throws SQLException {
        synced();
        database.execute("ALTER TABLE reservations ADD \"we\"\"ird ?\" text");
        perform(upsert(
                Side.OLD,
                "7",
                whole("service", "LIFTING", "preferredTime", "10:30", "we\"ird ?", "'); DROP TABLE seen; --")));
        assertThat(database.one("SELECT \"we\"\"ird ?\" FROM reservations")).isEqualTo("'); DROP TABLE seen; --");
        assertThat(perform(upsert(Side.OLD, "7", values("notes\" = 'x', \"phone", "1")))
                        .because())
                .startsWith("reservations has no column");
    }

    @Test
    void a_row_the_mapping_cannot_take_is_put_aside_and_may_still_be_written() throws SQLException {
        synced();
        database.execute("""
                CREATE OR REPLACE FUNCTION period_of(written text) RETURNS period LANGUAGE sql IMMUTABLE AS
                $$ SELECT CASE WHEN written = 'at dawn' THEN (1 / length(substr(written, 99)))::text::period
                               ELSE period 'MORNING' END $$""");
        assertThat(perform(upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "at dawn")))
                        .verdict())
                .isEqualTo(Verdict.ASIDE);
        assertThat(perform(upsert(Side.OLD, "7", values("notes", "early"))).verdict())
                .isEqualTo(Verdict.ASIDE);
        // Mended; the engine has not looked at the row again yet.
        assertThat(perform(upsert(Side.OLD, "7", values("service", "ACNE_CARE", "preferredTime", "10:30")))
                        .because())
                .isEqualTo("both sides hold it");
        assertThat(database.one(BOTH)).isEqualTo("ACNE_CARE|10:30|5|MORNING");
    }

    @Test
    void a_difference_from_before_does_not_stand_in_the_way() throws SQLException {
        synced();
        perform(upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30")));
        database.execute("SET turnout.backfill = 'on'; UPDATE reservations SET \"serviceName\" = 'bypassed'");
        Outcome outcome = perform(upsert(Side.OLD, "7", values("notes", "n")));
        assertThat(outcome.verdict()).isEqualTo(Verdict.APPLIED);
        assertThat(outcome.because()).contains("differed in serviceName before");
        assertThat(perform(upsert(Side.NEW, "7", values("estimatedDuration", "5")))
                        .verdict())
                .as("a further one is the write's own")
                .isEqualTo(Verdict.REFUSED);
    }

    @Test
    void a_row_that_the_backfill_has_not_reached_is_written_all_the_same() throws SQLException {
        Clinic.book(database, "LIFTING", "10:30");
        synced();
        Write notes = upsert(Side.OLD, "1", values("notes", "n"));
        assertThat(perform(Phase.BACKFILLING, notes).because()).contains("the backfill fills in");
        assertThat(perform(Phase.BACKFILLING, upsert(Side.NEW, "1", values("serviceId", "1")))
                        .verdict())
                .isEqualTo(Verdict.APPLIED);
        assertThat(database.one("SELECT service, \"serviceId\", notes FROM reservations"))
                .isEqualTo("WRINKLE_BOTOX|1|n");
    }

    @Test
    void before_the_triggers_and_after_them_one_side_alone_takes_writes() throws SQLException {
        Write old = upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30"));
        assertThat(perform(Phase.CREATED, old).because()).startsWith("the OLD side holds it, which alone");
        Clinic.drive(new Expand(), site);
        Write fresh = upsert(Side.NEW, "7", values("serviceId", "1"));
        assertThat(perform(Phase.SYNCING, fresh).because()).startsWith("only the OLD side takes writes while");
        assertThatThrownBy(() -> perform(Phase.READY, old))
                .isInstanceOf(Unsynced.class)
                .hasMessageContaining("not installed");
        assertThat(perform(Phase.CONTRACTING, old).verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(perform(Phase.DONE, fresh).because()).startsWith("the NEW side holds it, which alone");
        assertThat(database.one("SELECT service, \"serviceId\" FROM reservations"))
                .isEqualTo("LIFTING|1");
    }

    @Test
    void triggers_that_somebody_disabled_are_waited_for() throws SQLException {
        synced();
        database.execute("ALTER TABLE reservations DISABLE TRIGGER USER");
        Claimed claimed =
                claimed(Phase.READY, upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30")));
        assertThatThrownBy(() -> new DualWrite(site, site.database(), claimed).perform())
                .isInstanceOf(Unsynced.class)
                .hasMessageContaining("altered, disabled or dropped");
        assertThat(database.query(BOTH)).isEmpty();
        Clinic.drive(new SyncTriggers(), site);
        assertThat(new DualWrite(site, site.database(), claimed).perform().because())
                .isEqualTo("both sides hold it");
    }

    @Test
    void a_locked_row_and_a_dead_connection_are_worth_another_attempt() throws SQLException {
        synced();
        perform(upsert(Side.OLD, "7", whole("service", "LIFTING", "preferredTime", "10:30")));
        Claimed claimed = claimed(Phase.READY, upsert(Side.OLD, "7", values("notes", "n")));
        try (Connection application = database.connect()) {
            application.setAutoCommit(false);
            application.createStatement().execute("SELECT FROM reservations WHERE id = 7 FOR UPDATE");
            assertThatThrownBy(() -> new DualWrite(site, site.database(), claimed).perform())
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(Failure.of(e)).isEqualTo(Failure.LOCK_TIMEOUT));
        }
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND pid <> pg_backend_pid()");
        Outcome outcome;
        try {
            outcome = new DualWrite(site, site.database(), claimed).perform();
        } catch (SQLException e) {
            assertThat(Failure.of(e)).isEqualTo(Failure.CONNECTION_LOST);
            outcome = new DualWrite(site, site.database(), claimed).perform();
        }
        assertThat(outcome.because()).isEqualTo("both sides hold it");
        assertThat(database.query("SELECT notes FROM seen WHERE notes IS NOT NULL"))
                .containsExactly("n");
    }

    @Test
    void an_outcome_is_forgotten_by_its_own_key_only() throws SQLException {
        synced();
        Claimed one = claimed(Phase.READY, upsert(Side.OLD, "7", values("notes", "n")));
        Claimed two = claimed(Phase.READY, upsert(Side.OLD, "8", values("notes", "n")));
        new DualWrite(site, site.database(), one).perform();
        new DualWrite(site, site.database(), two).perform();
        database.database().transaction(Limits.BOOKKEEPING, connection -> {
            AppliedWrites.forget(connection, List.of(new Finished(1, site.run(), "test", one.key())));
            return one;
        });
        assertThat(database.query("SELECT idempotency_key FROM turnout.applied_write"))
                .containsExactly(two.key());
    }
}
