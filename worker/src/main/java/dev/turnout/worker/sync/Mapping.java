package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import java.util.List;
import java.util.Objects;
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

    /**
     * True where some new column is neither what {@code up} gives nor explained by the fallback that {@code down} declares.
     * Never NULL.
     */
    public String differs() {
        return move.up().keySet().stream().map(this::differs).collect(Collectors.joining(" OR ", "(", ")"));
    }

    /** {@link #differs()} of the one new column. */
    public String differs(String column) {
        String up = Objects.requireNonNull(move.up().get(column));
        String strictly = "old." + quote(column) + " IS DISTINCT FROM (" + up + ")";
        List<String> fallbacks = move.down().entrySet().stream()
                .filter(down -> down.getValue().otherwise().isPresent())
                .filter(down -> SqlText.mentionsRow(up, "old")
                        || SqlText.columns(up, "old").contains(down.getKey()))
                .map(down -> fallback(down.getKey(), down.getValue()))
                .toList();
        return fallbacks.isEmpty() ? strictly : "(" + strictly + " AND NOT (" + String.join(" OR ", fallbacks) + "))";
    }

    /**
     * True where some new column is not what {@code up} gives, for whatever reason: what the old side alone would make of
     * the row is something else. Never NULL.
     */
    public String beyondOldSide() {
        return move.up().entrySet().stream()
                .map(up -> "old." + quote(up.getKey()) + " IS DISTINCT FROM (" + up.getValue() + ")")
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    /**
     * True where the old column holds the declared fallback because the new values have no old one. A row whose new columns
     * are empty was not written by the new side: nothing explains it. Never NULL.
     */
    private String fallback(String column, Move.Down down) {
        List<String> newSide = SqlText.mentionsRow(down.from(), "new")
                ? List.copyOf(move.up().keySet())
                : SqlText.columns(down.from(), "new").stream()
                        .filter(move.up()::containsKey)
                        .toList();
        if (newSide.isEmpty()) {
            return "false";
        }
        String written = newSide.stream().map(name -> "new." + quote(name)).collect(Collectors.joining(", "));
        return "EXISTS (SELECT FROM (SELECT old.*) AS new WHERE num_nonnulls(" + written + ") > 0 AND ("
                + down.from() + ") IS NULL AND new." + quote(column) + " IS NOT DISTINCT FROM ("
                + down.otherwise().orElseThrow() + "))";
    }
}
