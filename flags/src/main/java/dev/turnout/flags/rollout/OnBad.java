package dev.turnout.flags.rollout;

/** How far a rollout goes back by itself. Where data differ, or a person asks, it is always to 0. */
public enum OnBad {
    /** Everybody to the old side. */
    ZERO,
    /** To the step before, which has passed its gates; to 0 from the first. */
    LAST_GOOD_STEP;

    /** @return the step to go back to; −1: before the first */
    public int target(int step) {
        return this == LAST_GOOD_STEP ? Math.max(-1, step - 1) : -1;
    }
}
