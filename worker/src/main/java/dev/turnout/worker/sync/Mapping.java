package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The SQL that follows from one move of the same-table shape. In every expression the row is called {@code old} (and
 * {@code new} on the way back), so a statement that uses one must give its table that alias. Immutable.
 */
public final class Mapping {
    private final Move move;
    private final Dialect dialect;
    private final Map<String, TableColumn> columns;

    private Mapping(Move move, Dialect dialect, Map<String, TableColumn> columns) {
        this.move = move;
        this.dialect = dialect;
        this.columns = columns;
    }

    /** As the table is now. */
    public static Mapping of(Connection connection, Move move) throws SQLException {
        return new Mapping(move, Dialect.of(connection), TableColumn.of(connection, move.table()));
    }

    /** By name; empty when the table is gone. */
    public Map<String, TableColumn> columns() {
        return columns;
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
        Stream<String> mapped =
                move.up().entrySet().stream().map(up -> quote(up.getKey()) + " = (" + up.getValue() + ")");
        // To an application, the time of a change is that of a change of its own.
        Stream<String> kept = columns.values().stream()
                .filter(TableColumn::touched)
                .map(column -> quote(column.name()) + " = old." + quote(column.name()));
        return Stream.concat(mapped, kept).collect(Collectors.joining(", "));
    }

    /** True for the rows that the move is about. Never NULL. */
    public String concerned() {
        return move.scope()
                .where()
                .map(where -> "coalesce((" + where + "), false)")
                .orElse("true");
    }

    /** Why a row, called {@code old}, is to be put aside although its mapping can be applied; NULL: it is not. */
    public Optional<String> quarantine() {
        if (move.scope().quarantine().isEmpty()) {
            return Optional.empty();
        }
        String cases = move.scope().quarantine().entrySet().stream()
                .map(one -> " WHEN " + one.getValue() + " THEN " + dialect.literal(one.getKey()))
                .collect(Collectors.joining());
        return Optional.of("CASE WHEN NOT (" + concerned() + ") THEN NULL" + cases + " END");
    }

    /**
     * True where some new column is neither what {@code up} gives nor explained by the fallback that {@code down} declares.
     * Never NULL.
     */
    public String differs() {
        return concernedAnd(move.up().keySet().stream().map(this::differsAlone));
    }

    private String concernedAnd(Stream<String> conditions) {
        String any = conditions.collect(Collectors.joining(" OR ", "(", ")"));
        // CASE: AND promises no order, and the mapping need not take rows that it is not about.
        return move.scope().where().isPresent()
                ? "(CASE WHEN " + concerned() + " THEN " + any + " ELSE false END)"
                : any;
    }

    /** {@link #differs()} of the one new column. */
    public String differs(String column) {
        return concernedAnd(Stream.of(differsAlone(column)));
    }

    private String differsAlone(String column) {
        String up = Objects.requireNonNull(move.up().get(column));
        String strictly = strictly(column, up);
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
        return concernedAnd(move.up().entrySet().stream().map(up -> strictly(up.getKey(), up.getValue())));
    }

    private String strictly(String column, String up) {
        return differs("old", column, up);
    }

    /** True when the column of a row is not what the expression gives. */
    private String differs(String row, String column, String expression) {
        String is = row + "." + quote(column);
        TableColumn type = columns.get(column);
        return type == null ? dialect.differs(is, "(" + expression + ")") : type.differs(is, type.stored(expression));
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
        String otherwise = down.otherwise().orElseThrow();
        if (dialect.mysql()) {
            String written = newSide.stream()
                    .map(name -> "old." + quote(name) + " IS NOT NULL")
                    .collect(Collectors.joining(" OR "));
            return "((" + written + ") AND (" + asOld(down.from()) + ") IS NULL AND NOT ("
                    + strictly(column, asOld(otherwise)) + "))";
        }
        String written = newSide.stream().map(name -> "new." + quote(name)).collect(Collectors.joining(", "));
        return "EXISTS (SELECT FROM (SELECT old.*) AS new WHERE num_nonnulls(" + written + ") > 0 AND (" + down.from()
                + ") IS NULL AND NOT (" + differs("new", column, otherwise) + "))";
    }

    /** MariaDB has no derived table that reads another one of its query; the row is the same one anyway. */
    private static String asOld(String expression) {
        return SqlText.renamed(expression, "new", "old");
    }
}
