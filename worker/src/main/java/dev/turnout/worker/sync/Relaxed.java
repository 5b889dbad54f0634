package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.worker.jdbc.ColumnSql;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Takes demands off columns that nobody fills once the triggers are gone; belongs into the transaction that removes them.
 * Stateless and thread-safe.
 */
public final class Relaxed {
    private Relaxed() {}

    /** Lets the columns be NULL; those that are gone, or may be NULL already, are passed over. */
    public static void notNull(Connection connection, String table, Collection<String> columns) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            nullable(connection, table, columns);
            return;
        }
        alter(connection, table, Sql.rows(connection, """
                        SELECT 'ALTER COLUMN ' || quote_ident(attname) || ' DROP NOT NULL' FROM pg_attribute
                        WHERE attrelid = to_regclass(?) AND attname = ANY (?) AND attnotnull AND NOT attisdropped
                        ORDER BY attnum""", quote(table), columns.toArray(String[]::new)));
    }

    /** Drops the check constraints of the engine on the columns: those on the way to NOT NULL. */
    public static void checks(Connection connection, String table, Collection<String> columns) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            return; // no such check is made there on the way to NOT NULL
        }
        alter(connection, table, Sql.rows(connection, """
                        SELECT 'DROP CONSTRAINT ' || quote_ident(c.conname) FROM pg_constraint c
                        WHERE c.conrelid = to_regclass(?) AND c.contype = 'c' AND c.conname LIKE 'turnout%' AND EXISTS (
                          SELECT FROM pg_attribute a
                          WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = ANY (?))
                        ORDER BY c.conname""", quote(table), columns.toArray(String[]::new)));
    }

    /** MySQL wants the column told anew as a whole; the server itself knows how. */
    private static void nullable(Connection connection, String table, Collection<String> columns) throws SQLException {
        Map<String, TableColumn> there = TableColumn.of(connection, table);
        for (String name : columns) {
            TableColumn column = there.get(name);
            if (column != null && column.notNull()) {
                Sql.statement(
                        connection,
                        "ALTER TABLE " + quote(table) + " " + ColumnSql.modify(connection, table, column, false)
                                + ", ALGORITHM=INPLACE, LOCK=NONE");
            }
        }
    }

    private static void alter(Connection connection, String table, List<List<String>> actions) throws SQLException {
        if (!actions.isEmpty()) {
            Sql.run(
                    connection,
                    "ALTER TABLE " + quote(table) + " "
                            + actions.stream().map(action -> action.get(0)).collect(joining(", ")));
        }
    }
}
