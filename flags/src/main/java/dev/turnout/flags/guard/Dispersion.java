package dev.turnout.flags.guard;

/**
 * How far the hits of a look stray from their usual share between the sides: hits that come in clusters on one side stray
 * further than chance does, and each says less. Pearson's χ² per look, where each look is held against the shares of the
 * looks before it, so that a release that turns bad strays once and is usual from then on. Immutable.
 *
 * @param looks that had a hit
 * @param chiSquare summed over them; {@value #MOST} of one look at most, so that no single one decides
 * @param oldAtRisk units summed over them, likewise the others
 */
public record Dispersion(long looks, double chiSquare, long oldAtRisk, long oldHit, long newAtRisk, long newHit) {
    public static final Dispersion NONE = new Dispersion(0, 0, 0, 0, 0, 0);

    private static final double MOST = 50;
    /** Looks as chance has them, taken to be there already: a young step is not judged by its first looks. */
    private static final double PRIOR = 100;
    /** What chance alone adds after an hour or two. */
    private static final double CHANCE = 0.2;

    /** What the evidence of a look is divided by: 1 as long as the hits are independent. */
    public double factor() {
        return Math.max(1, (PRIOR + chiSquare) / (PRIOR + looks) - CHANCE);
    }

    Dispersion after(Counts counts) {
        if (!counts.compare()) {
            return this;
        }
        double share = share(counts);
        double expected = counts.hit() * share;
        double variance = expected * (1 - share);
        double off = counts.newHit() - expected;
        return new Dispersion(
                looks + 1,
                chiSquare + (variance > 0 ? Math.min(MOST, off * off / variance) : 0),
                oldAtRisk + counts.oldAtRisk(),
                oldHit + counts.oldHit(),
                newAtRisk + counts.newAtRisk(),
                newHit + counts.newHit());
    }

    /** The usual share of the new side, for the units of this look; with one hit put in where both are equally bad. */
    private double share(Counts counts) {
        double atRisk = (double) oldAtRisk + newAtRisk;
        double ratio = 1;
        if (oldAtRisk > 0 && newAtRisk > 0) {
            double newShare = newAtRisk / atRisk;
            ratio = (newHit + newShare) / (oldHit + 1 - newShare) * oldAtRisk / newAtRisk;
        }
        return ratio * counts.newAtRisk() / (ratio * counts.newAtRisk() + counts.oldAtRisk());
    }
}
