package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;
import java.util.Locale;

/**
 * Whether units arrive on the two sides as the weight says: if not, some do not report, or not where they should, and
 * no comparison can be trusted.
 *
 * @param chiSquare with one degree of freedom; 0 when it cannot be reckoned
 */
public record SplitCheck(boolean plausible, double chiSquare, String because) {
    /** p = 0.001 at one degree of freedom. */
    static final double LIMIT = 10.828;
    /** Below this many expected units the χ² distribution does not hold. */
    private static final double LEAST_EXPECTED = 5;

    static SplitCheck of(Weight weight, int oldUnits, int newUnits) {
        double share = weight.hundredThousandths() / (double) Weight.WHOLE;
        double total = (double) oldUnits + newUnits;
        double expectedNew = total * share;
        double expectedOld = total - expectedNew;
        if (expectedNew < LEAST_EXPECTED || expectedOld < LEAST_EXPECTED) {
            return new SplitCheck(true, 0, "nothing to compare at " + weight + " with " + (long) total + " units");
        }
        double difference = newUnits - expectedNew;
        double chiSquare = difference * difference * (1 / expectedNew + 1 / expectedOld);
        return new SplitCheck(
                chiSquare < LIMIT,
                chiSquare,
                String.format(
                        Locale.ROOT,
                        "%d of %d units on the new side, %.1f expected at %s; chi-square %.2f, limit %.3f",
                        newUnits,
                        (long) total,
                        expectedNew,
                        weight,
                        chiSquare,
                        LIMIT));
    }
}
