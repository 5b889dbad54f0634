package dev.turnout.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.guard.Arms;
import dev.turnout.flags.guard.Comparison;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Health;
import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Monitor;
import dev.turnout.server.control.Tally;
import dev.turnout.server.control.Watched;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.testkit.TestMonitor;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitorGateTest {
    private static final Instant ENTERED = Instant.parse("2026-03-01T00:00:00Z");
    private static final Monitor MONITOR = TestMonitor.sql("m", "SELECT 1 AS total", "total > 1")
            .limits(2, 1, 1, 4)
            .monitor();

    private static Gate gate(Monitor monitor, Tally tally, Optional<Measurement> latest, Duration later) {
        Watched watched =
                new Watched(1, monitor, ENTERED.plus(Duration.ofHours(3)), Duration.ofHours(1), tally, latest);
        return new MonitorGate(Pace.real(), watched, ENTERED, ENTERED.plus(later)).gate();
    }

    private static Optional<Measurement> measured(int minute, Verdict verdict) {
        return Optional.of(new Measurement(
                ENTERED.plus(Duration.ofMinutes(minute)), Duration.ZERO, verdict, "so it was", Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Two successes are wanted; one failure, one inconclusive and four errors in a row are tolerated.
                // latest at | its verdict | failures errors inconclusives successes | last success | now | health |
                // because
                " 0 | SUCCESS      | 0 0 0 9 |   0 |  60 | UNKNOWN | not measured on this step yet",
                "10 | SUCCESS      | 0 0 0 1 |  10 |  60 | UNKNOWN | 1 of 2 successes on this step: so it was",
                "10 | SUCCESS      | 0 0 0 2 |  10 |  60 | GOOD    | so it was",
                "10 | SUCCESS      | 0 0 0 2 |  10 | 190 | GOOD    | so it was",
                "10 | SUCCESS      | 0 0 0 2 |  10 | 191 | UNKNOWN | last measured 181m ago",
                "10 | FAILURE      | 1 0 0 2 |   5 |  60 | UNKNOWN | failed 1 times in a row, 1 are tolerated: so it was",
                "10 | FAILURE      | 2 0 0 2 |   5 |  60 | BAD     | so it was",
                "10 | ERROR        | 2 1 0 2 |   5 |  60 | BAD     | 2 failures in a row, then ERROR: so it was",
                "10 | INCONCLUSIVE | 2 0 1 2 |   5 |  60 | BAD     | 2 failures in a row, then INCONCLUSIVE: so it was",
                " 0 | FAILURE      | 2 0 0 2 |   0 |  60 | UNKNOWN | not measured on this step yet",
                "10 | INCONCLUSIVE | 0 0 1 2 |   5 |  60 | GOOD    | INCONCLUSIVE: so it was; tolerated",
                "10 | INCONCLUSIVE | 0 0 2 2 |   5 |  60 | UNKNOWN | INCONCLUSIVE: so it was",
                "10 | INCONCLUSIVE | 0 0 1 1 |   5 |  60 | UNKNOWN | 1 of 2 successes",
                "190 | INCONCLUSIVE | 0 0 1 2 |  5 | 191 | UNKNOWN | last measured 186m ago",
                "10 | INCONCLUSIVE | 0 0 1 0 |  -1 |  60 | UNKNOWN | INCONCLUSIVE: so it was",
                "10 | ERROR        | 0 1 0 2 |   5 |  60 | UNKNOWN | ERROR: so it was",
                "10 | ERROR        | 0 4 0 2 |   5 |  60 | UNKNOWN | ERROR: so it was; 4 errors in a row",
                "10 | ERROR        | 0 5 0 2 |   5 |  60 | UNKNOWN | 5 errors in a row, more than 4: nobody sees",
                "10 | ERROR        | 1 999 0 2 | 5 |  60 | UNKNOWN | nobody sees what this monitor watches",
            })
    void whatAMonitorSaysOpensItsGateOrNot(
            int at, Verdict verdict, String counts, int succeeded, int now, Health health, String because) {
        String[] numbers = counts.split(" ");
        Tally tally = new Tally(
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                Integer.parseInt(numbers[3]),
                Optional.of(succeeded)
                        .filter(minute -> minute >= 0)
                        .map(minute -> ENTERED.plus(Duration.ofMinutes(minute))),
                Comparison.NONE);
        Gate gate = gate(MONITOR, tally, measured(at, verdict), Duration.ofMinutes(now));
        assertThat(gate.health()).as(gate.because()).isEqualTo(health);
        assertThat(gate.because()).contains(because);
        assertThat(gate.name()).isEqualTo("monitor: m");
    }

    @Test
    void whatNoWorkerMeasuresSaysSo() {
        Monitor elsewhere = TestMonitor.of(
                        "m",
                        new Monitor.Query(Monitor.Language.PROMQL, "prometheus:main", Map.of("value", "up")),
                        "value < 1")
                .monitor();
        assertThat(gate(elsewhere, Tally.NONE, Optional.empty(), Duration.ofHours(4))
                        .because())
                .isEqualTo("not measured on this step yet; due since 2026-03-01T03:00:00Z: does a worker reach"
                        + " prometheus:main?");
    }

    @Test
    void beforeItsDelayIsOverItSaysSo() {
        Monitor late = TestMonitor.sql("m", "SELECT 1 AS total", "total > 1")
                .initialDelay(Duration.ofHours(2))
                .monitor();
        assertThat(gate(late, Tally.NONE, Optional.empty(), Duration.ofHours(1)))
                .isEqualTo(new Gate(
                        "monitor: m", Health.UNKNOWN, "not measured on this step before 2026-03-01T02:00:00Z"));
    }

    @Test
    void aSuspicionIsTheOneInconclusiveThatNobodyTolerates() {
        Comparison suspicious = Comparison.NONE.after(new Arms(900, 1, 100, 8));
        assertThat(suspicious.calm()).isFalse();
        assertThat(suspicious.alarm()).isEmpty();
        Monitor arms =
                TestMonitor.sql("m", "SELECT 1", "").arms().limits(1, 0, 9, 4).monitor();
        Tally tally = new Tally(0, 0, 1, 5, Optional.of(ENTERED.plusSeconds(1)), suspicious);
        assertThat(gate(arms, tally, measured(10, Verdict.INCONCLUSIVE), Duration.ofMinutes(11))
                        .health())
                .isEqualTo(Health.UNKNOWN);
    }

    @Test
    void inDryRunItIsOpenWhateverItSays() {
        Monitor dry = TestMonitor.sql("m", "SELECT 1 AS total", "total > 1")
                .dryRun(true)
                .monitor();
        Tally failing = new Tally(9, 0, 0, 0, Optional.empty(), Comparison.NONE);
        assertThat(gate(dry, failing, measured(10, Verdict.FAILURE), Duration.ofMinutes(11)))
                .isEqualTo(new Gate("monitor: m", Health.GOOD, "dry run; FAILURE: so it was"));
        assertThat(gate(dry, Tally.NONE, Optional.empty(), Duration.ZERO).because())
                .isEqualTo("dry run; not measured on this step yet");
    }
}
