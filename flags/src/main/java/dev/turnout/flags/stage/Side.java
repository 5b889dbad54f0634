package dev.turnout.flags.stage;

/** The two sides of a migration. */
public enum Side {
    OLD,
    NEW
}
