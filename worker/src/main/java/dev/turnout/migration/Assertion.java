package dev.turnout.migration;

/**
 * What must hold over the migrated data: the query gives rows that break it.
 *
 * @param rows query that must give no row
 */
public record Assertion(String name, String rows) {}
