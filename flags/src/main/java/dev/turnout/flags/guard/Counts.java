package dev.turnout.flags.guard;

/**
 * Distinct units of one look, per side: at risk are those that called and had not been hit before in this hour; hit are
 * those of them that were hit now.
 */
public record Counts(int oldAtRisk, int oldHit, int newAtRisk, int newHit) {
    int hit() {
        return oldHit + newHit;
    }

    /** Whether they say anything of which side is worse: both were called, and somebody was hit. */
    boolean compare() {
        return oldAtRisk > 0 && newAtRisk > 0 && hit() > 0;
    }
}
