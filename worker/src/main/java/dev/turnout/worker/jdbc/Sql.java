package dev.turnout.worker.jdbc;

import dev.turnout.migration.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The few ways in which most statements are run. Stateless and thread-safe. */
public final class Sql {
    private Sql() {}

    /**
     * Runs SQL as somebody wrote it: the driver neither takes a {@code ?} for a parameter nor a brace for an escape. One
     * statement or several; the first failure ends it. MySQL takes one at a time.
     */
    public static void run(Connection connection, String sql) throws SQLException {
        for (String piece : Dialect.of(connection).mysql() ? SqlText.statements(sql) : List.of(sql)) {
            statement(connection, piece);
        }
    }

    /** Likewise one statement, which may hold semicolons. */
    public static void statement(Connection connection, String sql) throws SQLException {
        try (Statement statement = plain(connection)) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row of a query that somebody wrote, as text; empty: no row, or NULL. */
    public static Optional<String> value(Connection connection, String query) throws SQLException {
        try (Statement statement = plain(connection);
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
    }

    /** The rows of a query, their columns as text; a NULL is the empty text. Without values it is run as it is written. */
    public static List<List<String>> rows(Connection connection, String query, Object... values) throws SQLException {
        if (values.length == 0) {
            try (Statement select = plain(connection);
                    ResultSet row = select.executeQuery(query)) {
                return rows(row);
            }
        }
        try (PreparedStatement select = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                select.setObject(i + 1, values[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                return rows(row);
            }
        }
    }

    private static List<List<String>> rows(ResultSet row) throws SQLException {
        String[] cells = new String[row.getMetaData().getColumnCount()];
        List<List<String>> rows = new ArrayList<>();
        while (row.next()) {
            for (int i = 0; i < cells.length; i++) {
                String cell = row.getString(i + 1);
                cells[i] = cell == null ? "" : cell;
            }
            rows.add(List.copyOf(Arrays.asList(cells)));
        }
        return rows;
    }

    private static Statement plain(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setEscapeProcessing(false);
        return statement;
    }
}
