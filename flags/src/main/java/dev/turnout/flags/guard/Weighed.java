package dev.turnout.flags.guard;

/**
 * One metric at one look: what was suspected before, what was counted, and what is suspected since. With it the statistic
 * of a decision can be reckoned again, long after.
 *
 * @param counts of the look
 * @param allowed rate that the new side is held against for want of an old one; 0: it is compared with the old side
 */
public record Weighed(Suspicion before, Counts counts, double allowed, Suspicion after) {
    /** Rounding may differ from one machine to another. */
    private static final double NEAR = 1e-9;

    static Weighed of(Suspicion before, Counts counts, double allowed) {
        Suspicion after = allowed > 0
                ? before.afterComparing(allowed, counts.newAtRisk(), counts.newHit())
                : before.afterComparing(counts);
        return new Weighed(before, counts, allowed, after);
    }

    boolean controlled() {
        return allowed == 0;
    }

    /** The same look weighed anew. */
    public Weighed again() {
        return of(before, counts, allowed);
    }

    /** Whether weighing the look anew comes to what is kept. */
    public boolean holds() {
        double kept = after.evidence();
        return Math.abs(again().after().evidence() - kept) <= NEAR * Math.max(1, kept);
    }
}
