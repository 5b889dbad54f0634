package dev.turnout.migration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The mapping from one table into another, on the same server or on another. Everything derives from one idea: for a key
 * of the old table, the rows that must stand in the new one are {@code SELECT up FROM from AS old WHERE key AND where} —
 * none or one. Several transfers may go into one table (a union), each knowing its own rows by {@code as}.
 *
 * @param name of the move in the spec
 * @param from table of the old side
 * @param key columns of a unique, not-null key of {@code from}, in order
 * @param where SQL condition over {@code old}: which rows have a counterpart; empty: every row
 * @param into table of the new side
 * @param as columns of {@code into} that tell its rows by the old key: each one's {@code up} is a key column of the old
 *     table or a constant; together they are unique there
 * @param up column of {@code into} to the SQL expression that gives it, evaluated on the old side; the row is called
 *     {@code old}
 * @param down column of {@code from} to how it is kept current from the row {@code new}; empty: the new side must not
 *     write this table before the contract
 * @param touchedBy other tables of the old side from which {@code up} or {@code where} read, each with the condition that
 *     finds the rows {@code old} that a changed row, called {@code it}, belongs to
 * @param stays the new table is on the server of the old side although the spec has a target elsewhere (an id map)
 * @param maxRejected rows that may be put aside before the run pauses
 */
public record Transfer(
        String name,
        TableName from,
        List<String> key,
        Optional<String> where,
        TableName into,
        List<String> as,
        Map<String, String> up,
        Map<String, Move.Down> down,
        Map<String, String> touchedBy,
        boolean stays,
        long maxRejected) {
    public Transfer {
        key = List.copyOf(key);
        as = List.copyOf(as);
        up = Ordered.copy(up);
        down = Ordered.copy(down);
        touchedBy = Ordered.copy(touchedBy);
    }

    /** The key column of the old table that a column of {@link #as} holds; empty: it holds a constant. */
    public Optional<String> keyColumn(String asColumn) {
        return plainColumn(up.getOrDefault(asColumn, ""));
    }

    /** The column when an expression is nothing but {@code old.column}. */
    static Optional<String> plainColumn(String expression) {
        List<SqlTokens.Token> tokens = SqlTokens.of(expression);
        boolean plain = tokens.size() == 3
                && tokens.get(0).isName()
                && tokens.get(0).text().equals("old")
                && tokens.get(1).is(".")
                && tokens.get(2).isName();
        return plain ? Optional.of(tokens.get(2).text()) : Optional.empty();
    }

    /** Whether an expression is one literal. */
    static boolean constant(String expression) {
        List<SqlTokens.Token> tokens = SqlTokens.of(expression);
        return tokens.size() == 1
                && (tokens.get(0).kind() == SqlTokens.Kind.STRING
                        || tokens.get(0).kind() == SqlTokens.Kind.NUMBER);
    }
}
