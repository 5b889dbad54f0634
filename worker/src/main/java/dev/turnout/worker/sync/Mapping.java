package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import java.util.stream.Collectors;

/**
 * The SQL that follows from one move of the same-table shape. In every expression the row is called {@code old} (and
 * {@code new} on the way back), so a statement that uses one must give its table that alias. Immutable.
 */
public final class Mapping {
    private final Move move;

    public Mapping(Move move) {
        this.move = move;
    }

    public Move move() {
        return move;
    }

    /** The table, called {@code old}: the target of {@code UPDATE} or an item of {@code FROM}. */
    public String tableAsOld() {
        return quote(move.table()) + " AS old";
    }

    /** {@code "new column" = (up), …} for the SET of an UPDATE of {@link #tableAsOld()}. */
    public String assignments() {
        return move.up().entrySet().stream()
                .map(up -> quote(up.getKey()) + " = (" + up.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    /** True where some new column is not what {@code up} gives. Never NULL. */
    public String differs() {
        return move.up().entrySet().stream()
                .map(up -> "old." + quote(up.getKey()) + " IS DISTINCT FROM (" + up.getValue() + ")")
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    /** True where the one new column is not what {@code up} gives. Never NULL. */
    public String differs(String column) {
        return "old." + quote(column) + " IS DISTINCT FROM (" + move.up().get(column) + ")";
    }
}
