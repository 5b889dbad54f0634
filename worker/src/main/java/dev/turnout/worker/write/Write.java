package dev.turnout.worker.write;

import dev.turnout.migration.Side;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One write of an application to one row, in the words of one side. Values are texts, the input form of the column's type.
 *
 * @param side whose columns it names: the one that the flag gave the application
 * @param move the table of a move
 * @param key every key column of the move with its value
 * @param values columns to write; an empty value is NULL; none for a delete
 */
public record Write(Side side, String move, Op op, Map<String, String> key, Map<String, Optional<String>> values) {
    public Write {
        key = Collections.unmodifiableMap(new TreeMap<>(key));
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    public enum Op {
        /** Writes the named columns of the row; where there is none, makes one. */
        UPSERT,
        DELETE
    }

    /** Without key and values: they are somebody's, and this may go to a log. */
    @Override
    public String toString() {
        return op + " on the " + side + " side of " + move;
    }
}
