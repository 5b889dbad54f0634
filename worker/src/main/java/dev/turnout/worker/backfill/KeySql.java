package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SQL over the key of a move's table, which every statement calls {@code old}. A key travels as text, the output form of
 * its type, and is cast back in the statement, so that collations, enums and composite keys keep the order that the
 * database gives them. Immutable.
 */
public final class KeySql implements KeyOrder {
    private final Dialect dialect;
    private final String table;
    private final List<KeyColumn> key;
    private final String row;

    private KeySql(Dialect dialect, String table, List<KeyColumn> key, String row) {
        this.dialect = dialect;
        this.table = table;
        this.key = List.copyOf(key);
        this.row = row;
    }

    /** @throws SQLException when the table or a key column is gone (42703) */
    public static KeySql of(Connection connection, Move move) throws SQLException {
        return of(connection, Source.of(move));
    }

    /** @throws SQLException when the table or a key column is gone (42703) */
    public static KeySql of(Connection connection, Source source) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        TableName table = source.table();
        Map<String, TableColumn> columns = TableColumn.of(connection, table.schema(), table.table());
        List<KeyColumn> key = new ArrayList<>();
        for (String name : source.key()) {
            TableColumn column = columns.get(name);
            if (column == null) {
                throw new SQLException("the key column " + table + "." + name + " is gone", "42703");
            }
            key.add(new KeyColumn(column));
        }
        String row = dialect.mysql() ? json(dialect, List.copyOf(columns.values())) : "to_jsonb(old)";
        return new KeySql(dialect, source.quoted() + " AS old" + walked(connection, source), key, row);
    }

    /** MySQL may prefer a scan where a range is most of a small table; its rows would be locked as it passes them. */
    private static String walked(Connection connection, Source source) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            return "";
        }
        return Sql.rows(
                        connection,
                        """
                        SELECT index_name FROM information_schema.statistics
                        WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ? AND non_unique = 0
                        GROUP BY index_name
                        HAVING group_concat(column_name ORDER BY seq_in_index SEPARATOR '/') = ?
                        ORDER BY index_name = 'PRIMARY' DESC LIMIT 1""",
                        source.table().schema().orElse(""),
                        source.table().table(),
                        String.join("/", source.key()))
                .stream()
                .findFirst()
                .map(index -> " FORCE INDEX (" + quote(index.get(0)) + ")")
                .orElse("");
    }

    /** The table, called {@code old}, in the order of its key. */
    public String table() {
        return table;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** True for the rows of the range; its parameters are those of {@link #bind}. */
    public String within(KeyRange range) {
        return within(range, columns());
    }

    /** {@link #within(KeyRange)} of values that compare as the key columns do. */
    public String within(KeyRange range, List<String> columns) {
        String lower = range.lo().isPresent() ? dialect.compare(columns, ">", casts()) : "";
        String upper = range.hi().isPresent() ? dialect.compare(columns, "<=", casts()) : "";
        if (lower.isEmpty() && upper.isEmpty()) {
            return "true";
        }
        return lower + (lower.isEmpty() || upper.isEmpty() ? "" : " AND ") + upper;
    }

    /** Binds the parameters of {@link #within} from the given index on and gives the next free index. */
    public int bind(PreparedStatement statement, int from, KeyRange range) throws SQLException {
        int index = from;
        for (Optional<List<String>> bound : List.of(range.lo(), range.hi())) {
            for (String value : dialect.bound(bound.orElse(List.of()))) {
                statement.setString(index++, value);
            }
        }
        return index;
    }

    /** True for the row of one key, its parameters being the texts of the key's columns. */
    public String at() {
        return key.stream().map(column -> column.name() + " = " + column.cast()).collect(Collectors.joining(" AND "));
    }

    /** The key's columns from their texts, one parameter each. */
    public String given() {
        return String.join(", ", casts());
    }

    /**
     * The text form that the database itself gives to a key, of the parameters of {@link #given}: another spelling of a
     * key ({@code 007}) is the same row and yet another text.
     */
    public String spelled() {
        return casts().stream().map(dialect::asText).collect(Collectors.joining(", "));
    }

    /** The texts of the columns of a key that {@link #asJson} made. */
    String fromJson(String json) {
        return key.stream()
                .map(column -> dialect.jsonText(json, column.column().name()))
                .collect(Collectors.joining(", "));
    }

    /** SQL of an operator within a statement that has parameters: a {@code ?} of theirs is an operator, not one of ours. */
    public static String verbatim(String sql) {
        return SqlText.bind(sql, Set.of()).sql();
    }

    private String order(String direction) {
        return key.stream().map(column -> column.name() + direction).collect(Collectors.joining(", "));
    }

    /** The key of a row as {@code turnout.rejected} and reports have it. */
    public String asJson() {
        return json(dialect, key.stream().map(KeyColumn::column).toList());
    }

    /** The whole row, likewise. */
    String rowAsJson() {
        return row;
    }

    private static String json(Dialect dialect, List<TableColumn> columns) {
        return dialect.jsonObject(columns.stream()
                .flatMap(column -> Stream.of(literal(column.name()), column.json("old")))
                .toList());
    }

    @Override
    public Optional<List<String>> nth(Connection connection, KeyRange range, int count) throws SQLException {
        String sql = "SELECT " + asText() + " FROM " + table + " WHERE " + within(range) + " ORDER BY " + order("")
                + " LIMIT 1 OFFSET ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int next = bind(select, 1, range);
            select.setInt(next, count - 1);
            return key(select);
        }
    }

    @Override
    public Optional<List<String>> last(Connection connection) throws SQLException {
        String sql = "SELECT " + asText() + " FROM " + table + " ORDER BY " + order(" DESC") + " LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            return key(select);
        }
    }

    /** Locks the first rows of the range, or fails at once where an application holds one: in one walk, on MySQL. */
    Taken takeOrFail(Connection connection, KeyRange range, int most) throws SQLException {
        String sql = "WITH taken AS (SELECT " + String.join(", ", columns()) + " FROM " + table + " WHERE "
                + within(range) + " ORDER BY " + order("") + " LIMIT ?" + dialect.lockOrFail()
                + ") SELECT " + asText() + ", (SELECT count(*) FROM taken) FROM taken AS old ORDER BY "
                + order(" DESC") + " LIMIT 1";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(bind(select, 1, range), most);
            Optional<List<String>> last = key(select);
            if (last.isEmpty()) {
                return new Taken(range, 0, true);
            }
            List<String> end = last.get().subList(0, key.size());
            int rows = Integer.parseInt(last.get().get(key.size()));
            return rows < most ? new Taken(range, rows, true) : new Taken(range.upTo(end), rows, false);
        }
    }

    /**
     * Locks the rows of the range against change, waiting as long as the transaction's limits let it.
     *
     * @return how many
     */
    long lock(Connection connection, KeyRange range) throws SQLException {
        String sql = "SELECT count(*) FROM (SELECT 1 FROM " + table + " WHERE " + within(range) + dialect.shareLock()
                + ") AS locked";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Locks the row of one key against change. */
    void lockAt(Connection connection, List<String> row) throws SQLException {
        String sql = "SELECT 1 FROM " + table + " WHERE " + at() + dialect.shareLock();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < row.size(); i++) {
                select.setString(i + 1, row.get(i));
            }
            select.execute();
        }
    }

    /** An item of FROM called {@code key}: one row, its parameters being the texts of the key's columns. */
    String asItem(List<String> names) {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            columns.add(key.get(i).cast() + " AS " + names.get(i));
        }
        return "(SELECT " + String.join(", ", columns) + ") AS \"key\"";
    }

    long count(Connection connection, KeyRange range) throws SQLException {
        String sql = "SELECT count(*) FROM " + table + " WHERE " + within(range);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    static Optional<List<String>> key(PreparedStatement select) throws SQLException {
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
        return key.stream().map(column -> column.column().text("old")).collect(Collectors.joining(", "));
    }

    private List<String> columns() {
        return key.stream().map(KeyColumn::name).toList();
    }

    private List<String> casts() {
        return key.stream().map(KeyColumn::cast).toList();
    }
}
