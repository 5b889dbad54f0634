package dev.turnout.worker.remote;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where a route ends: writes rows, told by the columns {@code as}. A row that another unique key forbids is an error and
 * never left out. Immutable.
 */
final class TargetTable {
    private final Dialect dialect;
    private final Route route;
    private final List<String> columns;
    private final List<Pairing> pairings;
    private final List<Integer> as;
    private final TargetSql sql;

    /** The same over a copy with the same columns. */
    TargetTable over(TableName copy) {
        return new TargetTable(dialect, route.into(copy), columns, pairings, as);
    }

    Route route() {
        return route;
    }

    private TargetTable(Dialect dialect, Route route, List<String> columns, List<Pairing> pairings, List<Integer> as) {
        this.dialect = dialect;
        this.route = route;
        this.columns = columns;
        this.pairings = pairings;
        this.as = as;
        this.sql = new TargetSql(
                route, columns, pairings.stream().map(Pairing::target).toList(), as);
    }

    /**
     * @param given types of the route's expressions, in their order
     * @throws SQLException when the table or a mapped column is not there
     */
    static TargetTable of(Connection connection, Route route, List<ColumnType> given) throws SQLException {
        List<String> columns = List.copyOf(route.up().keySet());
        Map<String, ColumnType> known = ColumnType.of(connection, route.into());
        for (String column : columns) {
            if (!known.containsKey(column)) {
                throw new SQLException("there is no column " + route.into() + "." + column, "42703");
            }
        }
        List<Integer> as = route.as().keySet().stream().map(columns::indexOf).toList();
        return new TargetTable(Dialect.of(connection), route, columns, pairings(route, given, known), as);
    }

    /** @param known the columns of the target, with every one that the route gives */
    static List<Pairing> pairings(Route route, List<ColumnType> given, Map<String, ColumnType> known) {
        List<Pairing> pairings = new ArrayList<>();
        for (String column : route.up().keySet()) {
            pairings.add(new Pairing(given.get(pairings.size()), Objects.requireNonNull(known.get(column), column)));
        }
        return pairings;
    }

    List<String> columns() {
        return columns;
    }

    List<Pairing> pairings() {
        return pairings;
    }

    /** The values that tell a row. */
    List<@Nullable String> as(List<@Nullable String> values) {
        List<@Nullable String> told = new ArrayList<>();
        as.forEach(column -> told.add(values.get(column)));
        return told;
    }

    /** Adds the rows that are not there; those that are stay as they are. */
    int insertMissing(Connection connection, List<List<@Nullable String>> rows) throws SQLException {
        return dialect.mysql()
                ? insert(connection, missing(connection, rows))
                : insert(connection, rows, sql.insertMissing());
    }

    /** Makes the rows stand as given. */
    void upsert(Connection connection, List<List<@Nullable String>> rows) throws SQLException {
        if (!dialect.mysql()) {
            insert(connection, rows, sql.upsert());
            return;
        }
        // ON DUPLICATE KEY UPDATE would overwrite whichever row another unique key finds.
        List<List<@Nullable String>> missing = missing(connection, rows);
        Set<List<@Nullable String>> absent = Collections.newSetFromMap(new IdentityHashMap<>());
        absent.addAll(missing);
        update(connection, rows.stream().filter(row -> !absent.contains(row)).toList());
        insert(connection, missing);
    }

    /** PostgreSQL: one statement, a column's values as one array. */
    private int insert(Connection connection, List<List<@Nullable String>> rows, String statement) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        try (PreparedStatement insert = connection.prepareStatement(statement)) {
            for (int column = 0; column < columns.size(); column++) {
                @Nullable Object[] texts = new Object[rows.size()];
                for (int row = 0; row < texts.length; row++) {
                    texts[row] = rows.get(row).get(column);
                }
                insert.setArray(column + 1, connection.createArrayOf("text", texts));
            }
            return insert.executeUpdate();
        }
    }

    /** MySQL: the driver makes one statement of many rows. */
    private int insert(Connection connection, List<List<@Nullable String>> rows) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        try (PreparedStatement insert = connection.prepareStatement(sql.insertOne())) {
            for (List<@Nullable String> row : rows) {
                for (int column = 0; column < row.size(); column++) {
                    insert.setString(column + 1, row.get(column));
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
        return rows.size();
    }

    private void update(Connection connection, List<List<@Nullable String>> rows) throws SQLException {
        List<Integer> carried = sql.carried();
        if (rows.isEmpty() || carried.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(sql.updateOne())) {
            for (List<@Nullable String> row : rows) {
                int index = 1;
                for (int column : carried) {
                    update.setString(index++, row.get(column));
                }
                for (int column : as) {
                    update.setString(index++, row.get(column));
                }
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    private List<List<@Nullable String>> missing(Connection connection, List<List<@Nullable String>> rows)
            throws SQLException {
        Set<List<@Nullable String>> there = new HashSet<>();
        for (List<@Nullable String> row :
                found(connection, rows.stream().map(this::as).toList())) {
            there.add(as(row));
        }
        return rows.stream().filter(row -> !there.contains(as(row))).toList();
    }

    /** The rows that are told by some values, as text in the form of {@link Pairing#found}. */
    List<List<@Nullable String>> found(Connection connection, List<List<@Nullable String>> told) throws SQLException {
        return rows(connection, told, TargetTable::normal);
    }

    /** As {@link #found}, each value in the form in which it is written. */
    List<List<@Nullable String>> standing(Connection connection, List<List<@Nullable String>> told)
            throws SQLException {
        return rows(connection, told, (text, pairing) -> text);
    }

    private List<List<@Nullable String>> rows(
            Connection connection, List<List<@Nullable String>> told, BiFunction<String, Pairing, String> form)
            throws SQLException {
        List<List<@Nullable String>> rows = new ArrayList<>();
        if (told.isEmpty()) {
            return rows;
        }
        try (PreparedStatement select = connection.prepareStatement(sql.select(told.size()))) {
            bind(select, told);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    List<@Nullable String> values = new ArrayList<>();
                    for (int i = 0; i < columns.size(); i++) {
                        String text = row.getString(i + 1);
                        values.add(text == null ? null : form.apply(text, pairings.get(i)));
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    private static String normal(String text, Pairing pairing) {
        try {
            return pairing.found(text);
        } catch (BadValue e) {
            // Such a value no route writes: it differs from every one that does.
            return text;
        }
    }

    /** Locks the rows that are told by some values against every other writer. */
    void lock(Connection connection, List<List<@Nullable String>> told) throws SQLException {
        if (told.isEmpty()) {
            return;
        }
        try (PreparedStatement select = connection.prepareStatement(sql.lock(told.size()))) {
            bind(select, told);
            select.executeQuery().close();
        }
    }

    private static void bind(PreparedStatement select, List<List<@Nullable String>> told) throws SQLException {
        int index = 1;
        for (List<@Nullable String> values : told) {
            for (String value : values) {
                select.setString(index++, value);
            }
        }
    }

    /**
     * Whether rows may be taken away and put back: nothing hangs on them, and nothing of them is lost by it, because every
     * column is mapped.
     */
    boolean exchangeable(Connection connection) throws SQLException {
        if (!columns.containsAll(ColumnType.of(connection, route.into()).keySet())) {
            return false;
        }
        String references = dialect.mysql()
                ? "SELECT count(*) FROM information_schema.key_column_usage WHERE referenced_table_schema ="
                        + " coalesce(nullif(?, ''), database()) AND referenced_table_name = ?"
                : "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = to_regclass(?)";
        Object[] table = dialect.mysql()
                ? new Object[] {route.into().schema().orElse(""), route.into().table()}
                : new Object[] {Route.quoted(route.into())};
        return Sql.rows(connection, references, table).get(0).get(0).equals("0");
    }

    /** Takes the rows away that are told by the values. */
    void delete(Connection connection, List<List<@Nullable String>> told) throws SQLException {
        if (told.isEmpty()) {
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement(sql.deleteOne())) {
            for (List<@Nullable String> values : told) {
                for (int i = 0; i < values.size(); i++) {
                    delete.setString(i + 1, Objects.requireNonNull(values.get(i), "what tells a row is never NULL"));
                }
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
