package dev.turnout.worker.jdbc;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** MODIFY COLUMN of MySQL, which forgets everything about a column that it is not told. Stateless and thread-safe. */
public final class ColumnSql {
    private ColumnSql() {}

    /**
     * The column as it is, but for whether it may be NULL.
     *
     * @throws SQLException when it is gone (42703), or is generated or has a default that is an expression, which nobody
     *     should write down anew without being asked (0A000)
     */
    public static String modify(Connection connection, String table, TableColumn column, boolean notNull)
            throws SQLException {
        List<List<String>> rows = Sql.rows(connection, """
                SELECT column_default, CASE WHEN column_default IS NULL THEN 'none' ELSE 'given' END, extra, column_comment
                FROM information_schema.columns
                WHERE table_schema = database() AND table_name = ? AND column_name = ?""", table, column.name());
        if (rows.isEmpty()) {
            throw new SQLException("the column " + table + "." + column.name() + " is gone", "42703");
        }
        List<String> row = rows.get(0);
        if (!row.get(2).isEmpty()) {
            throw new SQLException(
                    "the column " + table + "." + column.name() + " is '" + row.get(2) + "': make it "
                            + (notNull ? "NOT NULL" : "nullable") + " by hand",
                    "0A000");
        }
        String byDefault = byDefault(Dialect.of(connection), row);
        String comment = row.get(3).isEmpty() ? "" : " COMMENT " + Dialect.MYSQL.literal(row.get(3));
        return "MODIFY COLUMN " + quote(column.name()) + " " + column.declaration() + (notNull ? " NOT NULL" : " NULL")
                + byDefault + comment;
    }

    /** MariaDB keeps an expression, NULL where there is none; MySQL the value. */
    private static String byDefault(Dialect dialect, List<String> row) {
        if (row.get(1).equals("none") || (dialect.mariaDb() && row.get(0).equals("NULL"))) {
            return "";
        }
        return " DEFAULT " + (dialect.mariaDb() ? row.get(0) : dialect.literal(row.get(0)));
    }
}
