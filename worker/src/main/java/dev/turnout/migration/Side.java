package dev.turnout.migration;

/** The two sides of a migration. On one server they may be one schema, two schemas, or the columns of one table. */
public enum Side {
    /** What the application used before: the spec's {@code database}. */
    OLD,
    /** What it will use: the spec's {@code target}, or the same place as the old side when there is none. */
    NEW
}
