package dev.turnout.flags.guard;

/**
 * Distinct units of one look, per side: at risk are those that called and had not been hit before in this hour; hit are
 * those of them that were hit now.
 */
record Counts(int oldAtRisk, int oldHit, int newAtRisk, int newHit) {
    int hit() {
        return oldHit + newHit;
    }
}
