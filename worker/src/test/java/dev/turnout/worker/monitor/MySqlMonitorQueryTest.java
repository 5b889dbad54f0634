package dev.turnout.worker.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestMonitor;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MySqlMonitorQueryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
        db.execute("CREATE TABLE seen (at datetime NOT NULL, arm varchar(3) NOT NULL, ok boolean NOT NULL)");
        db.execute("INSERT INTO seen VALUES ('2026-03-01 11:50', 'old', 1), ('2026-03-01 11:50', 'new', 0),"
                + " ('2026-03-01 10:50', 'old', 0), ('2026-03-01 10:50', 'new', 1), ('2026-03-01 10:40', 'new', 1)");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELECT 3 AS total -- a comment   ; total > 3 ; SUCCESS      ; does not fail",
                "SELECT 4 AS total                ; total > 3 ; FAILURE      ; fails when",
                "SELECT 'abc' AS total            ; total > 3 ; INCONCLUSIVE ; a text stands where a number is wanted",
                "SELECT '4' AS total              ; total > 3 ; FAILURE      ; fails when",
                "SELECT 'abc' AS name, 3 AS total ; name = 'b' ; SUCCESS     ; does not fail",
                "SELECT NULL AS total             ; total > 3 ; INCONCLUSIVE ; NULL",
                "SELECT 1 / 0 AS total            ; total > 3 ; INCONCLUSIVE ; NULL",
                "SELECT 4 AS total FROM DUAL WHERE 1 = 0 ; total > 3 ; INCONCLUSIVE ; no row",
                "SELECT 4 AS total UNION SELECT 5 ; total > 3 ; INCONCLUSIVE ; more than one row",
                "SELECT nothing AS total          ; total > 3 ; ERROR        ; nothing",
                "SELECT count(*) AS total FROM seen WHERE sleep(1) = 0 ; total > 3 ; ERROR ; took longer than 2500 ms",
            })
    void aRowIsJudgedByTheConditions(String sql, String fails, Verdict verdict, String because) {
        Measurement measurement = measure(TestMonitor.sql("m", sql, fails));
        assertThat(measurement.verdict()).as(measurement.because()).isEqualTo(verdict);
        assertThat(measurement.because()).contains(because);
    }

    @Test
    void theHourIsComparedWithTheOneBefore() {
        Measurement measurement = measure(TestMonitor.sql(
                        "m",
                        "SELECT COUNT(*) AS total, COALESCE(SUM(NOT ok), 0) AS failed FROM seen WHERE at > :from AND at <= :now",
                        "failed * baseline_total > baseline_failed * total")
                .baseline(Duration.ofHours(1)));
        assertThat(measurement.verdict()).as(measurement.because()).isEqualTo(Verdict.FAILURE);
        assertThat(measurement.values()).containsEntry("total", "2").containsEntry("baseline_total", "3");
    }

    @Test
    void rowsOfTheTwoSidesAreCountedSinceTheLastTime() {
        Measurement measurement = measure(TestMonitor.sql(
                        "m",
                        "SELECT arm, COUNT(*) AS total, SUM(NOT ok) AS failed FROM seen WHERE at > :from AND at <= :now"
                                + " GROUP BY arm",
                        "")
                .arms());
        assertThat(measurement.verdict()).as(measurement.because()).isEqualTo(Verdict.SUCCESS);
        assertThat(measurement.arms().orElseThrow().toString())
                .isEqualTo("Arms[oldTotal=1, oldFailed=0, newTotal=1, newFailed=1]");
    }

    @Test
    void aMonitorCannotWrite() throws SQLException {
        db.execute("CREATE FUNCTION forget() RETURNS int DETERMINISTIC BEGIN DELETE FROM seen; RETURN 1; END");
        assertThat(measure(TestMonitor.sql("m", "SELECT forget() AS total", "total > 1"))
                        .verdict())
                .isEqualTo(Verdict.ERROR);
        assertThat(db.one("SELECT count(*) FROM seen")).isEqualTo("5");
    }

    private static Measurement measure(TestMonitor test) {
        Monitor monitor = test.timeout(Duration.ofMillis(2500)).monitor();
        return MonitorQuery.measure(db.database(), monitor, NOW.minus(Duration.ofHours(1)), NOW);
    }
}
