package dev.turnout.flags.rollout;

/** What is known of the new side. {@link #UNKNOWN} never advances and never rolls back. */
public enum Health {
    GOOD,
    BAD,
    UNKNOWN;

    /** The worse of the two; BAD before UNKNOWN before GOOD. */
    public Health and(Health other) {
        if (this == BAD || other == BAD) {
            return BAD;
        }
        return this == UNKNOWN || other == UNKNOWN ? UNKNOWN : GOOD;
    }
}
