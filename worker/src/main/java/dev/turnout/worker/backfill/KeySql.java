package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * SQL over the key of a move's table, which every statement calls {@code old}. A key travels as text, the output form of
 * its type, and is cast back in the statement, so that collations, enums and composite keys keep the order that the
 * database gives them. Immutable.
 */
public final class KeySql {
    private final Map<String, String> types;

    private KeySql(Map<String, String> types) {
        this.types = types;
    }

    /** @throws SQLException when the table or a key column is gone (42P01, 42703) */
    public static KeySql of(Connection connection, Move move) throws SQLException {
        Map<String, String> types = new LinkedHashMap<>();
        for (String column : move.key()) {
            types.put(column, typeOf(connection, move.table(), column));
        }
        return new KeySql(types);
    }

    private static String typeOf(Connection connection, String table, String column) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = CAST(? AS regclass) AND attname = ? AND NOT attisdropped""")) {
            select.setString(1, quote(table));
            select.setString(2, column);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the key column " + table + "." + column + " is gone", "42703");
                }
                return row.getString(1);
            }
        }
    }

    /** True for the rows of the range; its parameters are those of {@link #bind}. */
    public String within(KeyRange range) {
        String lower = range.lo().isPresent() ? columns() + " > " + casts() : "";
        String upper = range.hi().isPresent() ? columns() + " <= " + casts() : "";
        if (lower.isEmpty() && upper.isEmpty()) {
            return "true";
        }
        return lower + (lower.isEmpty() || upper.isEmpty() ? "" : " AND ") + upper;
    }

    /** Binds the parameters of {@link #within} from the given index on and gives the next free index. */
    public int bind(PreparedStatement statement, int from, KeyRange range) throws SQLException {
        int index = from;
        for (Optional<List<String>> bound : List.of(range.lo(), range.hi())) {
            for (String value : bound.orElse(List.of())) {
                statement.setString(index++, value);
            }
        }
        return index;
    }

    /** True for the one row of a key; one parameter per key column, in order, each its text. */
    public String is() {
        return columns() + " = " + casts();
    }

    /** The casts that make a key of texts, one parameter per key column, in order. */
    public String given() {
        return String.join(", ", castsOfColumns());
    }

    /**
     * The text form that the database itself gives to a key, of the parameters of {@link #given}: another spelling of a
     * key ({@code 007}) is the same row and yet another text.
     */
    public String spelled() {
        return castsOfColumns().stream().map(cast -> cast + "::text").collect(Collectors.joining(", "));
    }

    /** True for the row that {@code turnout.rejected} has under an id; one parameter per key column, each that id. */
    String isOfRejected() {
        return types.entrySet().stream()
                .map(column -> "old." + quote(column.getKey()) + " = (SELECT CAST(r.key ->> " + literal(column.getKey())
                        + " AS " + column.getValue() + ") FROM turnout.rejected r WHERE r.id = ?)")
                .collect(Collectors.joining(" AND "));
    }

    /** SQL of an operator within a statement that has parameters: a {@code ?} of theirs is an operator, not one of ours. */
    public static String verbatim(String sql) {
        return SqlText.bind(sql, Set.of()).sql();
    }

    private String order() {
        return order("");
    }

    private String order(String direction) {
        return types.keySet().stream()
                .map(column -> "old." + quote(column) + direction)
                .collect(Collectors.joining(", "));
    }

    /** The key of a row as {@code turnout.rejected} and reports have it. */
    public String asJson() {
        return types.keySet().stream()
                .map(column -> literal(column) + ", old." + quote(column))
                .collect(Collectors.joining(", ", "jsonb_build_object(", ")"));
    }

    /** The key of the row that stands {@code count} places after the range's lower bound; empty when the range ends before. */
    Optional<List<String>> nth(Connection connection, Move move, KeyRange range, int count) throws SQLException {
        String sql = "SELECT " + asText() + " FROM " + quote(move.table()) + " AS old WHERE " + within(range)
                + " ORDER BY " + order() + " OFFSET ? LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int next = bind(select, 1, range);
            select.setInt(next, count - 1);
            return key(select);
        }
    }

    /** The greatest key; empty when the table is. */
    Optional<List<String>> last(Connection connection, Move move) throws SQLException {
        String sql = "SELECT " + asText() + " FROM " + quote(move.table()) + " AS old ORDER BY " + order(" DESC")
                + " LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            return key(select);
        }
    }

    long count(Connection connection, Move move, KeyRange range) throws SQLException {
        String sql = "SELECT count(*) FROM " + quote(move.table()) + " AS old WHERE " + within(range);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static Optional<List<String>> key(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            List<String> key = new ArrayList<>();
            for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                key.add(row.getString(column));
            }
            return Optional.of(key);
        }
    }

    private String asText() {
        return types.keySet().stream()
                .map(column -> "old." + quote(column) + "::text")
                .collect(Collectors.joining(", "));
    }

    private String columns() {
        return types.keySet().stream()
                .map(column -> "old." + quote(column))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private String casts() {
        return castsOfColumns().stream().collect(Collectors.joining(", ", "(", ")"));
    }

    private List<String> castsOfColumns() {
        return types.values().stream().map(type -> "CAST(? AS " + type + ")").toList();
    }
}
