package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Progress.Outlook;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlookTest {
    private static final Duration BATCH = Duration.ofMillis(100);

    private long nanos = Duration.ofHours(1).toNanos();
    private final Recent recent = new Recent();

    private void seconds(int seconds, int rowsPerSecond) {
        for (int i = 0; i < 10 * seconds; i++) {
            recent.moved(nanos, rowsPerSecond / 10, BATCH);
            nanos += BATCH.toNanos();
        }
    }

    @Test
    void aSteadyRateGivesANarrowRange() {
        seconds(60, 1_000);
        Outlook outlook = recent.outlook(nanos, 2);
        assertThat(outlook).isEqualTo(new Outlook(1_000, 1_000, 0, 2));
        assertThat(recent.perSecond(nanos)).isBetween(990.0, 1_010.0);
    }

    @Test
    void anUnsteadyRateGivesAWideOneAndAStandstillNoEnd() {
        seconds(30, 1_000);
        seconds(30, 200);
        Outlook unsteady = recent.outlook(nanos, 2);
        assertThat(unsteady.slow()).isEqualTo(200);
        assertThat(unsteady.fast()).isEqualTo(1_000);
        for (int i = 0; i < 60; i++) {
            recent.throttled(nanos, Duration.ofSeconds(1));
            nanos += Duration.ofSeconds(1).toNanos();
        }
        Outlook halted = recent.outlook(nanos, 2);
        assertThat(halted.slow()).as("no telling how long it may take").isZero();
        assertThat(halted.fast()).isEqualTo(1_000);
        assertThat(halted.throttled()).isBetween(0.48, 0.53);
    }

    @Test
    void whatIsLongerAgoThanTwoMinutesCountsNoMore() {
        seconds(60, 9_000);
        seconds(130, 100);
        assertThat(recent.outlook(nanos, 1).fast()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, true, 99",
        "100, 100, true, 99",
        "120, 100, true, 99",
        "50, 100, true, 50",
        "100, 100, false, 100",
        "999, 1000, false, 99"
    })
    void anEstimateIsNeverWhole(long done, long total, boolean estimated, int percent) {
        assertThat(new Progress(done, total, estimated, "rows", 0, 0).percent()).isEqualTo(percent);
    }

    @Test
    void lanesThatMeetALockBecomeHalfAsManyAndComeBackOneByOne() {
        Allowance allowance = new Allowance();
        assertThat(allowance.lanes(8, nanos)).isEqualTo(8);
        allowance.yielded(8, nanos);
        allowance.yielded(8, nanos + 1);
        assertThat(allowance.lanes(8, nanos)).as("one collision").isEqualTo(4);
        for (int i = 0; i < 5; i++) {
            nanos += Duration.ofSeconds(1).toNanos();
            allowance.yielded(8, nanos);
        }
        assertThat(allowance.lanes(8, nanos)).as("never none").isEqualTo(1);
        for (int lanes = 2; lanes <= 8; lanes++) {
            nanos += Duration.ofMillis(2_001).toNanos();
            assertThat(allowance.lanes(8, nanos)).isEqualTo(lanes);
        }
        assertThat(allowance.lanes(16, nanos)).as("no limit is left").isEqualTo(16);
        allowance.yielded(16, nanos);
        assertThat(allowance.lanes(3, nanos)).as("never more than configured").isEqualTo(3);
    }
}
