package dev.turnout.migration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The mapping of one table: how each new column comes from the old ones, and back.
 *
 * @param table as the database knows it
 * @param key columns of a unique, not-null key, in order
 * @param up new column to the SQL expression that gives it; the row is called {@code old}
 * @param down old column to how it is kept current from the new ones
 * @param required new columns that become NOT NULL once every row has them
 * @param references new column to the {@code table.column} it refers to, made a foreign key once every row fits
 * @param maxRejected rows that may be put aside before the run pauses
 */
public record Move(
        String table,
        List<String> key,
        Map<String, String> up,
        Map<String, Down> down,
        List<String> required,
        Map<String, ColumnRef> references,
        long maxRejected) {
    public Move {
        key = List.copyOf(key);
        up = Ordered.copy(up);
        down = Ordered.copy(down);
        required = List.copyOf(required);
        references = Ordered.copy(references);
    }

    /**
     * The way back of one column.
     *
     * @param from SQL expression; the row is called {@code new}
     * @param otherwise SQL expression used when {@code from} is NULL; empty: the write is refused when the column is
     *     NOT NULL, and NULL is stored when it is nullable
     */
    public record Down(String from, Optional<String> otherwise) {}
}
