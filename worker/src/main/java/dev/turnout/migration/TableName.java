package dev.turnout.migration;

import java.util.Optional;

/**
 * A table by the names that the catalogue has, without quotes.
 *
 * @param schema in MySQL the database; empty: found where its side lives
 */
public record TableName(Optional<String> schema, String table) {
    public static TableName of(String table) {
        return new TableName(Optional.empty(), table);
    }

    /** As found from a place that has a schema of its own. */
    public TableName in(Optional<String> otherwise) {
        return schema.isPresent() ? this : new TableName(otherwise, table);
    }

    @Override
    public String toString() {
        return schema.map(name -> name + ".").orElse("") + table;
    }
}
