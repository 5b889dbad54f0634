package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.TableName;
import dev.turnout.worker.backfill.KeyOrder;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a route begins: its keys, and for each key the values that must stand on the other side, all as text. Keys are
 * compared in SQL only. Immutable.
 */
final class SourceTable implements KeyOrder {
    private final Dialect dialect;
    private final Route route;
    private final List<ColumnType> key;
    private final List<ColumnType> up;

    private SourceTable(Dialect dialect, Route route, List<ColumnType> key, List<ColumnType> up) {
        this.dialect = dialect;
        this.route = route;
        this.key = key;
        this.up = up;
    }

    /** @throws SQLException when the table, a key column or what an expression reads is not there */
    static SourceTable of(Connection connection, Route route) throws SQLException {
        return reading(connection, route.read());
    }

    private static SourceTable reading(Connection connection, Route route) throws SQLException {
        Map<String, ColumnType> columns = ColumnType.of(connection, route.from());
        List<ColumnType> key = new ArrayList<>();
        for (String column : route.key()) {
            ColumnType type = columns.get(column);
            if (type == null) {
                throw new SQLException("there is no column " + route.from() + "." + column, "42703");
            }
            key.add(type);
        }
        String query = "SELECT "
                + route.up().entrySet().stream()
                        .map(one -> "(" + KeySql.verbatim(one.getValue()) + ") AS " + quote(one.getKey()))
                        .collect(joining(", "))
                + " FROM " + route.fromAsAlias() + " WHERE 1 = 0";
        return new SourceTable(Dialect.of(connection), route, key, ColumnType.ofQuery(connection, query));
    }

    /** The same over a copy with the same columns. */
    SourceTable over(TableName copy) {
        return new SourceTable(dialect, route.from(copy), key, up);
    }

    Dialect dialect() {
        return dialect;
    }

    List<ColumnType> key() {
        return key;
    }

    /** Of the expressions, in their order. */
    List<ColumnType> up() {
        return up;
    }

    /**
     * A row that must stand on the other side.
     *
     * @param values as text in the order of the expressions; null: NULL
     */
    record Row(List<String> key, List<@Nullable String> values) {}

    /** The first rows of a range that have a counterpart, in the order of their keys. */
    List<Row> wanted(Connection connection, KeyRange range, int most) throws SQLException {
        String sql = selectWanted() + " AND " + within(range) + " ORDER BY " + order("") + " LIMIT " + most;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            return read(select);
        }
    }

    /** Those of some keys. A collation may take one key for another: then a row comes whose key was not asked for. */
    List<Row> wanted(Connection connection, List<List<String>> keys) throws SQLException {
        if (keys.isEmpty()) {
            return List.of();
        }
        String sql = selectWanted() + " AND " + among(keys.size());
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bindAll(select, 1, keys);
            return read(select);
        }
    }

    private List<Row> read(PreparedStatement select) throws SQLException {
        int keys = route.key().size();
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                List<@Nullable String> values = new ArrayList<>();
                for (int i = 1; i <= up.size(); i++) {
                    values.add(row.getString(keys + i));
                }
                rows.add(new Row(key(row), values));
            }
        }
        return rows;
    }

    private String selectWanted() {
        List<String> values = new ArrayList<>();
        int i = 0;
        for (String expression : route.up().values()) {
            values.add(up.get(i++).read("(" + KeySql.verbatim(expression) + ")"));
        }
        return "SELECT " + String.join(", ", keyTexts()) + ", " + String.join(", ", values) + " FROM "
                + route.fromAsAlias() + " WHERE " + KeySql.verbatim(route.wanted());
    }

    /** The first keys of a range, in their order. */
    List<List<String>> keys(Connection connection, KeyRange range, int most) throws SQLException {
        String sql = "SELECT " + String.join(", ", keyTexts()) + " FROM " + route.fromAsAlias() + " WHERE "
                + within(range) + only() + " ORDER BY " + order("") + " LIMIT " + most;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            return keys(select);
        }
    }

    @Override
    public Optional<List<String>> nth(Connection connection, KeyRange range, int count) throws SQLException {
        String sql = "SELECT " + String.join(", ", keyTexts()) + " FROM " + route.fromAsAlias() + " WHERE "
                + within(range) + " ORDER BY " + order("") + " LIMIT 1 OFFSET " + (count - 1);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            return keys(select).stream().findFirst();
        }
    }

    @Override
    public Optional<List<String>> last(Connection connection) throws SQLException {
        String sql = "SELECT " + String.join(", ", keyTexts()) + " FROM " + route.fromAsAlias() + " ORDER BY "
                + order(" DESC") + " LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            return keys(select).stream().findFirst();
        }
    }

    long count(Connection connection, KeyRange range) throws SQLException {
        String sql = "SELECT count(*) FROM " + route.fromAsAlias() + " WHERE " + within(range);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /**
     * A row of another table, and the condition that finds the rows which it touches.
     *
     * @param read what the condition reads of the other table
     * @param values of that, as text
     */
    record Other(String condition, Map<String, ColumnType> read, List<@Nullable String> values) {}

    /** The keys of the rows of a range that a row of another table touches. The condition may raise. */
    List<List<String>> touched(Connection connection, KeyRange range, Other other) throws SQLException {
        String it = other.read().entrySet().stream()
                .map(column -> column.getValue().parse("?") + " AS " + quote(column.getKey()))
                .collect(joining(", "));
        // CASE, because the condition may raise on a row that is not of the range.
        String sql = "SELECT " + String.join(", ", keyTexts()) + " FROM " + route.fromAsAlias() + ", (SELECT " + it
                + ") AS it WHERE " + within(range)
                + (range.equals(KeyRange.all())
                        ? " AND (" + KeySql.verbatim(other.condition()) + ")"
                        : " AND CASE WHEN " + within(range) + " THEN (" + KeySql.verbatim(other.condition()) + ") END");
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int index = 1;
            for (String value : other.values()) {
                select.setString(index++, value);
            }
            index = bind(select, index, range);
            bind(select, index, range);
            return keys(select);
        }
    }

    /** Names every row in the changelog. */
    void nameAll(Connection connection, Site site) throws SQLException {
        String sql = "INSERT INTO turnout.changelog (run, move, of_table, \"key\") SELECT " + site.run() + ", "
                + dialect.literal(route.move()) + ", '', " + ChangelogSql.array(dialect, keyTexts()) + " FROM "
                + route.fromAsAlias() + " WHERE 1 = 1" + only();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.executeUpdate();
        }
    }

    /** True for the rows of the range, NULL for none; its parameters are those of {@link #bind}. */
    private String within(KeyRange range) {
        List<String> all = new ArrayList<>();
        if (range.lo().isPresent()) {
            all.add(dialect.compare(keyColumns(), ">", casts()));
        }
        if (range.hi().isPresent()) {
            all.add(dialect.compare(keyColumns(), "<=", casts()));
        }
        return all.isEmpty() ? "1 = 1" : String.join(" AND ", all);
    }

    private String only() {
        return route.only().isEmpty() ? "" : " AND " + KeySql.verbatim(route.wanted());
    }

    /** @return the number of the next parameter */
    private int bind(PreparedStatement statement, int from, KeyRange range) throws SQLException {
        int index = from;
        for (Optional<List<String>> bound : List.of(range.lo(), range.hi())) {
            if (bound.isPresent()) {
                for (String value : dialect.bound(bound.get())) {
                    statement.setString(index++, value);
                }
            }
        }
        return index;
    }

    private String among(int keys) {
        String columns = String.join(", ", keyColumns());
        String one = String.join(", ", casts());
        boolean single = route.key().size() == 1;
        return single
                ? columns + " IN (" + String.join(", ", Collections.nCopies(keys, one)) + ")"
                : "(" + columns + ") IN (" + String.join(", ", Collections.nCopies(keys, "(" + one + ")")) + ")";
    }

    private static void bindAll(PreparedStatement statement, int from, List<List<String>> keys) throws SQLException {
        int index = from;
        for (List<String> one : keys) {
            for (String value : one) {
                statement.setString(index++, value);
            }
        }
    }

    private List<List<String>> keys(PreparedStatement select) throws SQLException {
        List<List<String>> keys = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                keys.add(key(row));
            }
        }
        return keys;
    }

    private List<String> key(ResultSet row) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= key.size(); i++) {
            texts.add(Objects.requireNonNull(row.getString(i), "a key is never NULL"));
        }
        return texts;
    }

    private List<String> keyColumns() {
        return route.key().stream()
                .map(column -> quote(route.alias()) + "." + quote(column))
                .toList();
    }

    private List<String> keyTexts() {
        List<String> texts = new ArrayList<>();
        List<String> names = keyColumns();
        for (int i = 0; i < names.size(); i++) {
            texts.add(key.get(i).read(names.get(i)));
        }
        return texts;
    }

    private List<String> casts() {
        return key.stream().map(type -> type.parse("?")).toList();
    }

    private String order(String direction) {
        return keyColumns().stream().map(column -> column + direction).collect(joining(", "));
    }
}
