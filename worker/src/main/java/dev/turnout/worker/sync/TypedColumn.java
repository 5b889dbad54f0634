package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A column of either side of a transfer, as the catalogue has it.
 *
 * @param type without length or precision: a cast to it changes no value
 * @param exact the type whose cast rounds as the column itself does and never cuts off
 * @param collation quoted; empty: the type has none
 * @param telling its {@code =} is true only of values that read the same
 * @param mysql the column of a MySQL, where {@code type} and {@code exact} are its declaration; empty: PostgreSQL
 */
record TypedColumn(
        String name,
        String type,
        String exact,
        Optional<String> collation,
        boolean notNull,
        boolean telling,
        Optional<TableColumn> mysql) {
    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint");

    /** By name, in their order; generated columns are left out. */
    static Map<String, TypedColumn> of(Connection connection, TableName table) throws SQLException {
        Map<String, TypedColumn> columns = new LinkedHashMap<>();
        if (Dialect.of(connection).mysql()) {
            TableColumn.of(connection, table.schema(), table.table()).values().stream()
                    .filter(column -> !column.generated())
                    .forEach(column -> columns.put(column.name(), of(column)));
            return columns;
        }
        for (List<String> row : Sql.rows(connection, """
                SELECT a.attname, format_type(a.atttypid, -1),
                       CASE WHEN t.typname IN ('numeric', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval')
                            THEN format_type(a.atttypid, a.atttypmod) ELSE format_type(a.atttypid, -1) END,
                       quote_ident(n.nspname) || '.' || quote_ident(c.collname),
                       a.attnotnull,
                       t.typtype = 'e' OR (t.typname IN ('bool', 'int2', 'int4', 'int8', 'uuid', 'date', 'timestamp',
                         'timestamptz', 'bytea', 'text', 'varchar') AND coalesce(c.collisdeterministic, true))
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_collation c ON c.oid = a.attcollation
                LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
                WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                ORDER BY a.attnum""", quoted(table))) {
            columns.put(
                    row.get(0),
                    new TypedColumn(
                            row.get(0),
                            row.get(1),
                            row.get(2),
                            Optional.of(row.get(3)).filter(collation -> !collation.isEmpty()),
                            row.get(4).equals("t"),
                            row.get(5).equals("t"),
                            Optional.empty()));
        }
        return columns;
    }

    private static TypedColumn of(TableColumn column) {
        return new TypedColumn(
                column.name(),
                column.declaration(),
                column.declaration(),
                Optional.empty(),
                column.notNull(),
                // To = the number 7 of JSON is 7.0.
                column.family() != TableColumn.Family.TEXT && column.family() != TableColumn.Family.JSON,
                Optional.of(column));
    }

    static String quoted(TableName table) {
        return table.schema().map(schema -> quote(schema) + ".").orElse("") + quote(table.table());
    }

    /** In a form whose equality tells every difference. */
    String telling(String value) {
        if (mysql.isPresent()) {
            // Of any character set, as UTF-8: a binary collation would still take trailing spaces for nothing.
            return telling ? value : "CAST(CONVERT(" + value + " USING utf8mb4) AS BINARY)";
        }
        // A text cast to text would keep its collation.
        return telling ? value : "(" + value + ")::text COLLATE \"C\"";
    }

    /** The expression in the type of this column, as an assignment makes it, but failing where that would. */
    String cast(String expression) {
        return mysql.map(column -> MySqlValue.of(column, expression))
                .orElseGet(() -> "CAST((" + expression + ") AS " + exact + ")");
    }

    /** A value of another column, so that it compares as this one does and by an index where that is possible. */
    String comparable(String value, TypedColumn other) {
        if (mysql.isPresent()) {
            boolean plain = mysql.get().family() == TableColumn.Family.PLAIN;
            return plain || type.equals(other.type) ? value : cast(value);
        }
        boolean whole = WHOLE.contains(type) && WHOLE.contains(other.type);
        boolean same = type.equals(other.type) && collation.equals(other.collation);
        if (whole || same) {
            return value;
        }
        return cast(value) + collation.map(name -> " COLLATE " + name).orElse("");
    }
}
