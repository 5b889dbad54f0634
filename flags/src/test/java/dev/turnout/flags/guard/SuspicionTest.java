package dev.turnout.flags.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The detector beside the textbook: the likelihood ratio of a binomial, in plain arithmetic. */
class SuspicionTest {
    private static final double[] GRID = {2, 4, 8, 16, 64};

    @Test
    void eachLookMultipliesEachSumByItsLikelihoodRatio() {
        double[] sums = new double[GRID.length];
        Suspicion suspicion = Suspicion.NONE;
        for (Counts look : List.of(new Counts(900, 3, 100, 1), new Counts(500, 0, 500, 2), new Counts(90, 0, 10, 1))) {
            suspicion = suspicion.afterComparing(look);
            for (int i = 0; i < GRID.length; i++) {
                double tolerated = share(1.25, look);
                double bad = share(GRID[i], look);
                sums[i] = (sums[i] + 1)
                        * Math.pow(bad / tolerated, look.newHit())
                        * Math.pow((1 - bad) / (1 - tolerated), look.oldHit());
            }
        }
        for (int i = 0; i < GRID.length; i++) {
            assertThat(suspicion.sums().get(i)).isCloseTo(sums[i], within(1e-9 * sums[i]));
        }
    }

    private static double share(double ratio, Counts look) {
        return ratio * look.newAtRisk() / (ratio * look.newAtRisk() + look.oldAtRisk());
    }

    @Test
    void aLookThatSaysNothingOfTheRatioChangesNothing() {
        Suspicion some = Suspicion.NONE.afterComparing(new Counts(900, 1, 100, 3));
        assertThat(some.afterComparing(new Counts(900, 0, 100, 0))).as("no hit").isEqualTo(some);
        assertThat(some.afterComparing(new Counts(0, 0, 100, 9)))
                .as("no old side")
                .isEqualTo(some);
        assertThat(some.afterComparing(new Counts(900, 9, 0, 0)))
                .as("no new side")
                .isEqualTo(some);
    }

    @Test
    void againstAKnownRateOnlyTheNewSideCounts() {
        double allowed = 0.001;
        Suspicion once = Suspicion.NONE.afterComparing(allowed, 200, 2);
        double expected = 0;
        for (double ratio : GRID) {
            double bad = Math.min(ratio * allowed, (1 + allowed) / 2);
            expected += Math.pow(bad / allowed, 2) * Math.pow((1 - bad) / (1 - allowed), 198) / GRID.length;
        }
        assertThat(once.evidence()).isCloseTo(expected, within(1e-9 * expected));
        assertThat(Suspicion.NONE.afterComparing(allowed, 200, 0).evidence()).isLessThan(1);
    }

    @Test
    void aSumStaysFiniteHoweverLongNobodyLooksAtIt() {
        Suspicion suspicion = Suspicion.NONE;
        for (int look = 0; look < 100; look++) {
            suspicion = suspicion.afterComparing(new Counts(50_000, 0, 50_000, 9_000));
        }
        assertThat(suspicion.evidence()).isFinite().isGreaterThan(Watch.LIMIT);
        assertThatThrownBy(() -> new Suspicion(List.of(1.0), Dispersion.NONE)).hasMessageContaining("5 finite numbers");
    }
}
