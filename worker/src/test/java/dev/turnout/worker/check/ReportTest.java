package dev.turnout.worker.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Check;
import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Fingerprint;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import dev.turnout.worker.verify.Verify;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reports of a small hospital, before and after. */
class ReportTest {
    private TestDatabase database;

    @BeforeEach
    void legacy() throws SQLException {
        database = Clinic.open();
        for (int i = 0; i < 20; i++) {
            Clinic.book(database, "WRINKLE_BOTOX", i % 4 == 0 ? "오전 10시" : "14:30");
        }
        database.execute("ANALYZE");
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private static Check check(String name, String sql, String before, String after) {
        return new Check(
                name,
                sql,
                Optional.of(before).filter(text -> !text.isEmpty()),
                Optional.of(after).filter(text -> !text.isEmpty()),
                Side.OLD);
    }

    private Site site(TestSpec spec) {
        return Clinic.site(spec, database, 1);
    }

    private static List<Map<?, ?>> list(Map<String, Object> report, String part, String name) {
        Map<?, ?> values = (Map<?, ?>) requireNonNull(report.get(part));
        List<Map<?, ?>> list = new ArrayList<>();
        for (Object each : (List<?>) requireNonNull(values.get(name))) {
            list.add((Map<?, ?>) each);
        }
        return list;
    }

    /** "name" to "state: found" of the checks of a report's part. */
    private static Map<String, String> checks(Map<String, Object> report, String part) {
        return list(report, part, "checks").stream()
                .collect(Collectors.toMap(
                        check -> check.get("of") + ": " + check.get("name"),
                        check -> check.get("state") + ": " + check.get("found")));
    }

    @Test
    void theBaselineNotesWhatIsThereAndChangesNothing() throws SQLException {
        List<String> before = Fingerprint.of(database);
        TestSpec spec = Clinic.spec().check(check("bookings", "SELECT count(*) FROM reservations", "20", ""));

        Stride.Done done = (Stride.Done) new Baseline().stride(site(spec));

        Map<String, String> checks = checks(done.report(), "baseline");
        assertThat(checks)
                .hasSizeGreaterThanOrEqualTo(15)
                .containsEntry("reservations: rows", "NOTED: 20")
                .containsEntry("reservations: NULLs in the key column id", "PASSED: 0")
                .containsEntry("reservations: unique index on the key, so no duplicates", "PASSED: reservations_pkey")
                .containsEntry("reservations: NULLs in the columns read", "NOTED: preferredTime 0, service 0")
                .containsEntry("the spec: bookings", "PASSED: 20");
        assertThat(checks.values()).noneMatch(found -> found.startsWith("FAILED") || found.startsWith("UNKNOWN"));
        assertThat(Fingerprint.of(database)).isEqualTo(before);
    }

    @Test
    void theBaselineFindsWhatIsWrongWithTheTable() throws SQLException {
        database.execute(
                "CREATE TABLE patients (id int PRIMARY KEY)",
                "ALTER TABLE reservations ADD COLUMN patient int",
                "UPDATE reservations SET patient = id",
                "INSERT INTO patients SELECT 1",
                "ALTER TABLE reservations ADD CONSTRAINT to_patient FOREIGN KEY (patient) REFERENCES patients NOT VALID",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
                "CREATE TRIGGER off BEFORE UPDATE ON reservations FOR EACH ROW EXECUTE FUNCTION f()",
                "ALTER TABLE reservations DISABLE TRIGGER off");

        Stride.Done done = (Stride.Done) new Baseline().stride(site(Clinic.spec()));

        assertThat(checks(done.report(), "baseline"))
                .containsEntry("reservations: rows without their patients (to_patient)", "FAILED: 19")
                .containsEntry("reservations: disabled triggers", "FAILED: 1");
    }

    @Test
    void whatTheSpecExpectsBeforehandAndDoesNotFindStopsTheRunWithTheReportKept() throws SQLException {
        TestSpec spec = Clinic.spec()
                .check(
                        check("bookings", "SELECT count(*) FROM reservations", "21", ""),
                        check("nowhere", "SELECT count(*) FROM nowhere", "0", ""),
                        check("new services", "SELECT 1/0", "", "1"));

        Stride.Stop stop = (Stride.Stop) new Baseline().stride(site(spec));

        assertThat(stop.problems())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("bookings: expected 21, found 20"))
                .anySatisfy(line -> assertThat(line).contains("nowhere", "does not exist"));
        assertThat(checks(stop.report(), "baseline")).containsEntry("the spec: bookings", "FAILED: 20");
    }

    @Test
    void theValidationCountsWhatWasMovedAndPutAside() throws SQLException {
        Clinic.book(database, "WRINKLE_BOTOX", "anytime");
        TestSpec spec = Clinic.spec()
                .check(
                        check("placed", "SELECT count(*) FROM reservations WHERE period IS NULL", "", "1"),
                        check("all", "SELECT count(*) FROM reservations", "", "22"));
        Site site = site(spec);
        Bookkeeping.enter(site);
        for (PhaseWork work : List.of(new Expand(), new SyncTriggers(), new ChunkPlan(10))) {
            assertThat(Clinic.drive(work, site)).isInstanceOf(Stride.Done.class);
        }
        Backfill backfill = Visits.backfill();
        assertThat(Clinic.drive(backfill, site)).isInstanceOf(Stride.Done.class);
        assertThat(Clinic.drive(new Verify(), site)).isInstanceOf(Stride.Done.class);

        Stride.Stop stop = (Stride.Stop) new Validation().stride(site);

        assertThat(stop.problems()).containsExactly("the spec: all: expected 22, found 21");
        assertThat(checks(stop.report(), "validation"))
                .containsEntry("the spec: placed", "PASSED: 1")
                .containsEntry("the spec: every reservation keeps its service", "PASSED: no row")
                .containsEntry("reservations: rows that differ", "PASSED: 0")
                .containsEntry("reservations: rows put aside", "PASSED: 0")
                .containsEntry("reservations: values in the new column serviceId", "NOTED: 21");
        Map<?, ?> table = list(stop.report(), "validation", "tables").get(0);
        assertThat(table.get("total")).isEqualTo(21L);
        assertThat(table.get("migrated")).isEqualTo(21L);
        assertThat(table.get("failed")).isEqualTo(0L);

        TestSpec right = Clinic.spec().check(check("all", "SELECT count(*) FROM reservations", "", "21"));
        assertThat(new Validation().stride(site(right))).isInstanceOf(Stride.Done.class);
        database.execute("ALTER TABLE reservations DISABLE TRIGGER zzz_turnout_7_update");
        Stride.Done after = (Stride.Done) new Validation().stride(site(right));
        assertThat(checks(after.report(), "validation"))
                .hasEntrySatisfying(site.database().name() + ": sync triggers", found -> assertThat(found)
                        .startsWith("FAILED"));
    }
}
