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
 * @param scope which rows it is about, and how
 */
public record Move(
        String table,
        List<String> key,
        Map<String, String> up,
        Map<String, Down> down,
        List<String> required,
        Map<String, ColumnRef> references,
        long maxRejected,
        Scope scope) {
    /** Every row. */
    public Move(
            String table,
            List<String> key,
            Map<String, String> up,
            Map<String, Down> down,
            List<String> required,
            Map<String, ColumnRef> references,
            long maxRejected) {
        this(table, key, up, down, required, references, maxRejected, Scope.EVERY_ROW);
    }

    public Move {
        key = List.copyOf(key);
        up = Ordered.copy(up);
        down = Ordered.copy(down);
        required = List.copyOf(required);
        references = Ordered.copy(references);
    }

    /** The same move of a table that is a copy of this one's. */
    public Move of(String copy) {
        return new Move(copy, key, up, down, required, references, maxRejected, scope);
    }

    /**
     * The rows that a move is about.
     *
     * @param where SQL condition, the row being called {@code old}; rows for which it does not hold are left as they are
     * @param quarantine a reason to the SQL condition, over {@code old}, under which a row is put aside for it: its mapping
     *     is applied all the same, and it counts as rejected until the condition no longer holds
     * @param inPlace new columns that the application had before. With any, an {@code up} may read new columns, its own
     *     included. It must settle: applied to what it gave, it gives the same
     */
    public record Scope(Optional<String> where, Map<String, String> quarantine, List<String> inPlace) {
        public static final Scope EVERY_ROW = new Scope(Optional.empty(), Map.of(), List.of());

        public Scope {
            quarantine = Ordered.copy(quarantine);
            inPlace = List.copyOf(inPlace);
        }

        /** Whether the new side has columns that the application had before. */
        public boolean settles() {
            return !inPlace.isEmpty();
        }
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
