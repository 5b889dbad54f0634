package dev.turnout.worker.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.guard.Arms;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestMonitor;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitorQueryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant SINCE = NOW.minus(Duration.ofHours(1));
    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestPostgres.newDatabase();
        db.execute("CREATE TABLE seen (at timestamptz, ok boolean);"
                + "INSERT INTO seen SELECT timestamptz '2026-03-01T12:00Z' - i * interval '10 minutes', i <> 3"
                + " FROM generate_series(1, 20) i");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = ';',
            value = {
                "SELECT 3 AS total                        ; total > 3      ; -         ; 0 ; SUCCESS",
                "SELECT 4 AS total -- a comment           ; total > 3      ; -         ; 0 ; FAILURE",
                "SELECT 3 AS total                        ; total > 3      ; total < 2 ; 0 ; INCONCLUSIVE",
                "SELECT 1 AS total                        ; total > 3      ; total < 2 ; 0 ; SUCCESS",
                "SELECT 4 AS total                        ; total > 3      ; -         ; 5 ; INCONCLUSIVE",
                "SELECT 5 AS total                        ; total > 3      ; -         ; 5 ; FAILURE",
                "SELECT 5 AS n                            ; n > 3          ; -         ; 5 ; INCONCLUSIVE",
                "SELECT NULL::int AS total                ; total > 3      ; -         ; 0 ; INCONCLUSIVE",
                "SELECT NULL::int AS total                ; total > 3      ; -         ; 1 ; INCONCLUSIVE",
                "SELECT 1 AS total WHERE false            ; total > 3      ; -         ; 0 ; INCONCLUSIVE",
                "SELECT generate_series(4, 5) AS total    ; total > 3      ; -         ; 0 ; INCONCLUSIVE",
                "SELECT 1 / 0 AS total                    ; total > 3      ; -         ; 0 ; ERROR",
                "SELECT nothing AS total                  ; total > 3      ; -         ; 0 ; ERROR",
                "SELECT count(pg_sleep(5)) AS total       ; total > 3      ; -         ; 0 ; ERROR",
                "SELECT 'many'::text AS total             ; total > 3      ; -         ; 0 ; ERROR",
                "SELECT 'many' AS total                   ; total = 'few'  ; -         ; 5 ; INCONCLUSIVE",
                "SELECT 'NaN'::float AS total             ; total > 3      ; -         ; 0 ; INCONCLUSIVE",
                "SELECT generate_series(1, 10000) AS total ; total > 3     ; -         ; 0 ; INCONCLUSIVE",
                "SELECT '{\"a\":1}'::jsonb ? 'a' AS has   ; NOT has        ; -         ; 0 ; SUCCESS",
            })
    void aRowIsJudgedByTheConditions(String sql, String fails, String ok, long minSample, Verdict verdict) {
        Measurement measurement = MonitorQuery.measure(db.database(), monitor(sql, fails, ok, minSample), SINCE, NOW);
        assertThat(measurement.verdict()).as(measurement.because()).isEqualTo(verdict);
        assertThat(measurement.because()).isNotEmpty();
    }

    @Test
    void nowIsBusinessTimeAndTheRowIsKeptAsText() {
        Measurement measurement = MonitorQuery.measure(
                db.database(),
                monitor(
                        "SELECT count(*) AS total, count(*) FILTER (WHERE ok) AS fine, NULL AS none FROM seen"
                                + " WHERE at >= :now - interval '1 hour'",
                        "fine <> total",
                        null,
                        5),
                SINCE,
                NOW);
        assertThat(measurement.verdict()).isEqualTo(Verdict.FAILURE);
        assertThat(measurement.values()).containsEntry("total", "6").containsEntry("fine", "5");
        assertThat(measurement.at()).isEqualTo(NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // Of the last hour 1 of 6 failed, of the hour before none of 6 did.
                "failed > 2 * baseline_failed ; 5 ; FAILURE      ; fails when",
                "failed > 2 + baseline_failed ; 5 ; SUCCESS      ; does not fail",
                "failed > 2 * baseline_failed ; 7 ; INCONCLUSIVE ; total is 6, at least 7 wanted",
                "failed > 2 * baseline_nobody ; 5 ; ERROR        ; baseline_nobody",
            })
    void aBaselineIsTheSameQueryAsOfThen(String fails, long minSample, Verdict verdict, String because) {
        Monitor monitor = TestMonitor.sql(
                        "m",
                        "SELECT count(*) AS total, count(*) FILTER (WHERE NOT ok) AS failed FROM seen"
                                + " WHERE at >= :from AND at < :now -- the hour",
                        fails)
                .minSample(minSample)
                .baseline(Duration.ofHours(1))
                .monitor();
        Measurement measurement = MonitorQuery.measure(db.database(), monitor, SINCE, NOW);
        assertThat(measurement.verdict()).as(measurement.because()).isEqualTo(verdict);
        assertThat(measurement.because()).contains(because);
        if (verdict != Verdict.ERROR) {
            assertThat(measurement.values())
                    .containsEntry("failed", "1")
                    .containsEntry("baseline_failed", "0")
                    .containsEntry("baseline_total", "6");
        }
    }

    @Test
    void aBaselineThatNobodySawIsNothingToCompareWith() {
        Monitor monitor = TestMonitor.sql(
                        "m",
                        "SELECT ok, count(*) AS total FROM seen WHERE at >= :from AND at < :now AND NOT ok GROUP BY ok",
                        "total > baseline_total")
                .baseline(Duration.ofHours(1))
                .monitor();
        Measurement measurement = MonitorQuery.measure(db.database(), monitor, SINCE, NOW);
        assertThat(measurement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(measurement.because()).isEqualTo("the query gave no row, now or as of the baseline");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "('old', 90, 1), ('new', 10, 0)     ; old 90 1 new 10 0",
                "('NEW', 10, 3)                     ; old 0 0 new 10 3",
                "('new', 10.0, 3)                   ; old 0 0 new 10 3",
                "('old', 90, 1), ('new', 10, 11)    ; more failed than there were",
                "('old', 90, 1), ('both', 10, 1)    ; arm is 'both', not old or new",
                "('old', 90, 1), ('old', 10, 1)     ; the query gave more than one row of the old side",
                "('old', 90, 1), ('new', -1, -1)    ; total of the new side is no count: -1",
                "('old', 90, 1), ('new', NULL, 1)   ; total of the new side is no count: null",
                "('old', 90, 1), ('new', 'NaN'::float, 1) ; total of the new side is no count: NaN",
                "('old', 90, 1), ('new', 3e9, 1)    ; total of the new side is no count: 3000000000",
                "('old', 90, 1), ('new', 1, 1), ('', 1, 1) ; arm is ''",
            })
    void rowsOfTheTwoSidesAreCounted(String rows, String expected) {
        Measurement measurement = compare("SELECT * FROM (VALUES " + rows + ") v (arm, total, failed)");
        if (expected.startsWith("old")) {
            assertThat(measurement.verdict()).as(measurement.because()).isEqualTo(Verdict.SUCCESS);
            Arms arms = measurement.arms().orElseThrow();
            assertThat("old " + arms.oldTotal() + " " + arms.oldFailed() + " new " + arms.newTotal() + " "
                            + arms.newFailed())
                    .isEqualTo(expected);
        } else {
            assertThat(measurement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
            assertThat(measurement.because()).startsWith(expected);
            assertThat(measurement.arms()).isEmpty();
        }
    }

    @Test
    void noSideOrTenThousandRowsSayNothing() {
        assertThat(compare("SELECT 'old' AS arm, 1 AS total, 0 AS failed WHERE false")
                        .because())
                .isEqualTo("the query gave no row");
        assertThat(compare("SELECT 'row ' || i AS arm, 1 AS total, 0 AS failed FROM generate_series(1, 10000) i"))
                .matches(measurement -> measurement.verdict() == Verdict.INCONCLUSIVE)
                .matches(measurement -> measurement.because().contains("not old or new"));
        assertThat(compare("SELECT 'old' AS arm").because()).isEqualTo("the query gave no column total");
    }

    private static Measurement compare(String sql) {
        return MonitorQuery.measure(
                db.database(), TestMonitor.sql("m", sql, "").arms().monitor(), SINCE, NOW);
    }

    @Test
    void aLongRowIsKeptInPart() {
        Measurement measurement = MonitorQuery.measure(
                db.database(),
                monitor("SELECT repeat('x', 100000) AS much, 1 AS total", "total > 1", null, 0),
                SINCE,
                NOW);
        assertThat(measurement.values().get("much")).hasSize(201).endsWith("…");
    }

    @Test
    void aMonitorCannotWrite() throws SQLException {
        Measurement measurement = MonitorQuery.measure(
                db.database(),
                monitor("WITH d AS (DELETE FROM seen RETURNING 1) SELECT count(*) AS total FROM d", "false", null, 0),
                SINCE,
                NOW);
        assertThat(measurement.verdict()).isEqualTo(Verdict.ERROR);
        assertThat(db.one("SELECT count(*) FROM seen")).isEqualTo("20");
    }

    private static Monitor monitor(String sql, String fails, @Nullable String ok, long minSample) {
        return TestMonitor.sql("m", sql, fails)
                .okWhen(Optional.ofNullable(ok))
                .minSample(minSample)
                .timeout(Duration.ofMillis(2500))
                .monitor();
    }
}
