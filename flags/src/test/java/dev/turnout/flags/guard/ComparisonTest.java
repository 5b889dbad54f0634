package dev.turnout.flags.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void aBadReleaseIsFoundWithinAFewMeasurements() {
        Comparison seen = Comparison.NONE;
        int measurements = 0;
        for (; seen.alarm().isEmpty() && measurements < 100; measurements++) {
            seen = seen.after(new Arms(900, 2, 100, 5));
        }
        assertThat(measurements).isBetween(2, 6);
        Alarm alarm = seen.alarm().orElseThrow();
        assertThat(alarm.because()).startsWith("failed on the new side: ").endsWith("more than the old side explains");
        assertThat(alarm.controlled()).isTrue();
        assertThat(alarm.threshold()).isEqualTo(Watch.LIMIT);
    }

    @Test
    void whatHitsBothSidesAlikeIsNoAlarmAndNeitherIsNothing() {
        Random random = new Random(7);
        Comparison seen = Comparison.NONE;
        double worst = 0;
        for (int minute = 0; minute < 24 * 60; minute++) {
            // A spike of ten minutes that hits every tenth call, on either side.
            double rate = minute / 10 == 30 ? 0.1 : 0.002;
            seen = seen.after(new Arms(900, hits(random, 900, rate), 100, hits(random, 100, rate)));
            worst = Math.max(worst, seen.evidence());
            assertThat(seen.alarm()).isEmpty();
        }
        assertThat(worst).isLessThan(Watch.LIMIT);
        assertThat(Comparison.NONE.after(Arms.NONE).after(new Arms(100, 0, 0, 0)))
                .satisfies(quiet -> {
                    assertThat(quiet.evidence()).isZero();
                    assertThat(quiet.calm()).isTrue();
                });
    }

    private static int hits(Random random, int calls, double rate) {
        return (int) random.doubles(calls).filter(drawn -> drawn < rate).count();
    }

    @Test
    void aHandfulIsNoAlarmHoweverBad() {
        assertThat(Comparison.NONE.after(new Arms(1_000_000, 0, 19, 19)).alarm())
                .as("19 seen")
                .isEmpty();
        assertThat(Comparison.NONE.after(new Arms(1_000_000, 0, 1000, 4)).alarm())
                .as("4 failed")
                .isEmpty();
        assertThat(Comparison.NONE.after(new Arms(1_000_000, 0, 20, 20)).alarm())
                .isPresent();
    }

    @Test
    void countsAreKeptFromOverflowAndFromNonsense() {
        Arms most = new Arms(Integer.MAX_VALUE, 1, Integer.MAX_VALUE, 1);
        assertThat(Comparison.NONE.after(most).after(most).seen())
                .isEqualTo(new Arms(Integer.MAX_VALUE, 2, Integer.MAX_VALUE, 2));
        assertThatThrownBy(() -> new Arms(1, 2, 0, 0)).hasMessageContaining("more failed than there were");
        assertThatThrownBy(() -> new Arms(1, 0, -1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
