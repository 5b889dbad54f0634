package dev.turnout.migration;

/**
 * What must hold over the migrated data: the query gives rows that break it.
 *
 * @param rows query that must give no row
 * @param on the side whose tables it names
 */
public record Assertion(String name, String rows, Side on) {
    /** Of the old side. */
    public Assertion(String name, String rows) {
        this(name, rows, Side.OLD);
    }
}
