package dev.turnout.worker.expand;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nullable columns without a default: adding them changes the catalogue and no row. */
record ColumnsChange(ExpandStep.Columns step) implements Change {
    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod)
                   || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                   || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
                   || CASE WHEN a.attidentity <> '' THEN ' IDENTITY' WHEN a.attgenerated <> '' THEN ' GENERATED' ELSE '' END
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped""";

    @Override
    public String title() {
        return step.title();
    }

    @Override
    public String hash() {
        return Steps.hash(step.table() + step.types());
    }

    @Override
    public boolean inPlace(Connection connection) throws SQLException {
        return unmet(connection).isEmpty();
    }

    @Override
    public List<String> apply(Connection connection) throws SQLException {
        Map<String, String> there = columns(connection, quote(step.table()));
        List<String> made = step.types().keySet().stream()
                .filter(column -> !there.containsKey(column))
                .toList();
        if (!made.isEmpty()) {
            String added = made.stream()
                    .map(column ->
                            "ADD COLUMN " + quote(column) + " " + step.types().get(column))
                    .collect(joining(", "));
            Sql.run(connection, "ALTER TABLE " + quote(step.table()) + " " + added);
        }
        return made;
    }

    @Override
    public List<String> unmet(Connection connection) throws SQLException {
        Map<String, String> wanted = wanted(connection);
        Map<String, String> there = columns(connection, quote(step.table()));
        List<String> unmet = new ArrayList<>();
        for (String column : step.types().keySet()) {
            String found = there.getOrDefault(column, "missing");
            if (!found.equals(wanted.get(column))) {
                unmet.add("%s.%s should be %s, nullable and without a default; it is %s"
                        .formatted(step.table(), column, step.types().get(column), found));
            }
        }
        return unmet;
    }

    /** The types as the catalogue spells them. A temporary table is the one that knows every spelling, and locks nothing. */
    private Map<String, String> wanted(Connection connection) throws SQLException {
        String list = step.types().entrySet().stream()
                .map(column -> quote(column.getKey()) + " " + column.getValue())
                .collect(joining(", "));
        Sql.run(connection, "CREATE TEMPORARY TABLE turnout_wanted (" + list + ") ON COMMIT DROP");
        Map<String, String> wanted = new HashMap<>();
        Sql.rows(connection, """
                        SELECT attname, format_type(atttypid, atttypmod)
                        FROM pg_attribute WHERE attrelid = 'pg_temp.turnout_wanted'::regclass AND attnum > 0""").forEach(row -> wanted.put(row.get(0), row.get(1)));
        Sql.run(connection, "DROP TABLE pg_temp.turnout_wanted");
        return wanted;
    }

    private static Map<String, String> columns(Connection connection, String table) throws SQLException {
        Map<String, String> columns = new HashMap<>();
        Sql.rows(connection, COLUMNS, table).forEach(row -> columns.put(row.get(0), row.get(1)));
        return columns;
    }

    @Override
    public void undo(Connection connection, List<String> made) throws SQLException {
        if (!made.isEmpty()) {
            String dropped = made.stream()
                    .map(column -> "DROP COLUMN IF EXISTS " + quote(column))
                    .collect(joining(", "));
            Sql.run(connection, "ALTER TABLE IF EXISTS " + quote(step.table()) + " " + dropped);
        }
    }
}
