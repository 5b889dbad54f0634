package dev.turnout.worker.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.testkit.TestDatabase;
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
                "SELECT '{\"a\":1}'::jsonb ? 'a' AS has   ; NOT has        ; -         ; 0 ; SUCCESS",
            })
    void aRowIsJudgedByTheConditions(String sql, String fails, String ok, long minSample, Verdict verdict) {
        Measurement measurement = MonitorQuery.measure(db.database(), monitor(sql, fails, ok, minSample), NOW);
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
                NOW);
        assertThat(measurement.verdict()).isEqualTo(Verdict.FAILURE);
        assertThat(measurement.values()).containsEntry("total", "6").containsEntry("fine", "5");
        assertThat(measurement.at()).isEqualTo(NOW);
    }

    @Test
    void aMonitorCannotWrite() throws SQLException {
        Measurement measurement = MonitorQuery.measure(
                db.database(),
                monitor("WITH d AS (DELETE FROM seen RETURNING 1) SELECT count(*) AS total FROM d", "false", null, 0),
                NOW);
        assertThat(measurement.verdict()).isEqualTo(Verdict.ERROR);
        assertThat(db.one("SELECT count(*) FROM seen")).isEqualTo("20");
    }

    private static Monitor monitor(String sql, String fails, @Nullable String ok, long minSample) {
        return new Monitor(
                "m",
                Duration.ofHours(1),
                Duration.ofMinutes(1),
                Duration.ofMillis(500),
                sql,
                fails,
                Optional.ofNullable(ok),
                minSample,
                0,
                4,
                false);
    }
}
