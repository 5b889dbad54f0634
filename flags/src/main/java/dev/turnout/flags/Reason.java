package dev.turnout.flags;

/** Why an evaluation came out as it did, in OpenFeature's words. */
public enum Reason {
    /** Everybody gets this answer. */
    STATIC,
    /** A rule matched. */
    TARGETING_MATCH,
    /** The bucket decided. */
    SPLIT,
    /** Switched off, archived or rolled back. */
    DISABLED,
    /** No rule matched. */
    DEFAULT,
    /** See the error code; the answer, if any, is the old side's. */
    ERROR,
    UNKNOWN
}
