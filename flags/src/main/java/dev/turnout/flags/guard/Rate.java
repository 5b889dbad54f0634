package dev.turnout.flags.guard;

/**
 * How often units were hit per look.
 *
 * @param atRisk units that could have been hit, summed over looks
 * @param hit those that were
 */
public record Rate(long atRisk, long hit) {
    static final Rate UNKNOWN = new Rate(0, 0);
    /** Fewer observations bound a rate too loosely to be compared with. */
    private static final long ENOUGH = 100;
    /** Standard normal quantile of 99 %. */
    private static final double Z = 2.326;

    Rate and(int moreAtRisk, int moreHit) {
        return new Rate(atRisk + moreAtRisk, hit + moreHit);
    }

    boolean known() {
        return atRisk >= ENOUGH;
    }

    /** The 99 % upper confidence bound (Wilson's), so that a lucky quiet hour does not become the norm. */
    double upperBound() {
        double share = (double) hit / atRisk;
        double spread = Math.sqrt(share * (1 - share) / atRisk + Z * Z / (4.0 * atRisk * atRisk));
        return (share + Z * Z / (2 * atRisk) + Z * spread) / (1 + Z * Z / atRisk);
    }
}
