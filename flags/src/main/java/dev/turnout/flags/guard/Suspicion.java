package dev.turnout.flags.guard;

import static java.lang.Math.exp;
import static java.lang.Math.log;
import static java.lang.Math.log1p;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Evidence that the new side is worse, gathered look by look: a Shiryaev–Roberts e-detector (Shin, Ramdas, Rinaldo,
 * “E-detectors”, 2022). As long as the new side is at most {@link #TOLERATED} times as bad as what it is compared with,
 * it takes on average at least {@code C} looks until {@link #evidence()} first exceeds {@code C}. To divide a look's evidence
 * by what is known before it keeps that bound. Immutable.
 *
 * @param sums one per alternative of the grid
 * @param dispersion of the looks so far
 */
public record Suspicion(List<Double> sums, Dispersion dispersion) {
    /** How many times worse the new side may be before it counts as worse. */
    static final double TOLERATED = 1.25;
    /** The ratios that are watched for, from a small regression to a broken release. */
    private static final double[] GRID = {2, 4, 8, 16, 64};
    /** Keeps a sum finite while nobody looks at it. */
    private static final double CLAMP = 1e250;

    public static final Suspicion NONE = new Suspicion(Collections.nCopies(GRID.length, 0.0), Dispersion.NONE);

    /** @throws IllegalArgumentException when these are not the sums of this grid */
    public Suspicion {
        sums = List.copyOf(sums);
        if (sums.size() != GRID.length || sums.stream().anyMatch(sum -> !(sum >= 0 && sum <= CLAMP))) {
            throw new IllegalArgumentException(
                    "the sums of a detector are " + GRID.length + " finite numbers: " + sums);
        }
    }

    public double evidence() {
        return sums.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /**
     * Compares with the concurrent old side: given how many units were hit in all, how many of them were on the new side.
     * Whatever hits both sides alike cancels out. A look without a hit says nothing of the ratio and changes nothing.
     */
    Suspicion afterComparing(Counts counts) {
        if (!counts.compare()) {
            return this;
        }
        double tolerated = share(TOLERATED, counts);
        double divisor = dispersion.factor();
        List<Double> next = after(ratio -> {
            double theta = share(ratio, counts);
            return (counts.newHit() * log(theta / tolerated) + counts.oldHit() * (log1p(-theta) - log1p(-tolerated)))
                    / divisor;
        });
        return new Suspicion(next, dispersion.after(counts));
    }

    /** Compares with a rate that is known from before, for want of an old side to compare with. */
    Suspicion afterComparing(double allowedRate, int atRisk, int hit) {
        if (atRisk == 0 || allowedRate <= 0) {
            return this;
        }
        double allowed = Math.min(allowedRate, 0.5);
        List<Double> next = after(ratio -> {
            double alternative = Math.min(ratio * allowed, (1 + allowed) / 2);
            return hit * log(alternative / allowed) + (atRisk - hit) * (log1p(-alternative) - log1p(-allowed));
        });
        return new Suspicion(next, dispersion);
    }

    private List<Double> after(LogLikelihoodRatio likelihood) {
        List<Double> next = new ArrayList<>(GRID.length);
        for (int i = 0; i < GRID.length; i++) {
            next.add(Math.min(CLAMP, (sums.get(i) + 1) * exp(likelihood.of(GRID[i]))));
        }
        return next;
    }

    /** The probability that a hit is on the new side when its rate is {@code ratio} times the old one's. */
    private static double share(double ratio, Counts counts) {
        return ratio * counts.newAtRisk() / (ratio * counts.newAtRisk() + counts.oldAtRisk());
    }

    private interface LogLikelihoodRatio {
        double of(double ratio);
    }
}
