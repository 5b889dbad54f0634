package dev.turnout.migration;

/** A column by the names the database knows, without quotes. */
public record ColumnRef(String table, String column) {
    @Override
    public String toString() {
        return table + "." + column;
    }
}
