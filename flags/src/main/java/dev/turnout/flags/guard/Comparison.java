package dev.turnout.flags.guard;

import java.util.Locale;
import java.util.Optional;

/**
 * What the measurements of one monitoring query say of the new side, compared with the concurrent old one: the detector of
 * {@link Watch}, fed with counts instead of reports. Its alarms are held to the same limits. Immutable.
 *
 * @param seen on this step, in all
 */
public record Comparison(Suspicion suspicion, Arms seen) {
    public static final Comparison NONE = new Comparison(Suspicion.NONE, Arms.NONE);

    private static final int LEAST_FAILED = 5;
    private static final int LEAST_SEEN = 20;

    /** Takes in one measurement; whoever measures sees to it that no unit is counted by two. */
    public Comparison after(Arms measured) {
        return new Comparison(suspicion.afterComparing(measured.counts()), seen.and(measured));
    }

    public double evidence() {
        return suspicion.evidence();
    }

    /** Whether nothing is even suspected. */
    public boolean calm() {
        return evidence() < Watch.CALM;
    }

    /** The reason to go back at once, if there is one. */
    public Optional<Alarm> alarm() {
        if (evidence() <= Watch.LIMIT || seen.newFailed() < LEAST_FAILED || seen.newTotal() < LEAST_SEEN) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                "e-detector",
                Metric.FAILURES,
                evidence(),
                Watch.LIMIT,
                true,
                counts() + ": more than the old side explains"));
    }

    /** For operators. */
    public String counts() {
        return String.format(
                Locale.ROOT,
                "failed on the new side: %d of %d, on the old: %d of %d",
                seen.newFailed(),
                seen.newTotal(),
                seen.oldFailed(),
                seen.oldTotal());
    }
}
