package dev.turnout.flags.client;

/** How much a client's flags can be trusted to be the newest. */
public enum Freshness {
    /** Nothing is known yet: everybody is on the old side. */
    NOT_READY,
    /** The server has confirmed them lately. */
    CURRENT,
    /** They are the last that were known, from memory or disk. */
    STALE
}
