package dev.turnout.worker.expand;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Nullable columns without a default: adding them changes the catalogue and no row. */
record ColumnsChange(ExpandStep.Columns step) implements Change {
    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod)
                   || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                   || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
                   || CASE WHEN a.attidentity <> '' THEN ' IDENTITY' WHEN a.attgenerated <> '' THEN ' GENERATED' ELSE '' END
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped""";

    private static final String MYSQL_COLUMNS = """
            SELECT column_name, column_type
                   || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
                   || coalesce(' DEFAULT ' || nullif(column_default, 'NULL'), '')
                   || CASE WHEN extra <> '' THEN ' ' || extra ELSE '' END
            FROM information_schema.columns WHERE table_schema = database() AND table_name = ?""";

    /** ALGORITHM=INSTANT is not supported, for this reason or another; too many versions of a row. */
    private static final Set<Integer> NOT_INSTANT = Set.of(1845, 1846, 4092);

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
    public List<String> missing(Connection connection) throws SQLException {
        Map<String, String> there = columns(connection);
        return step.types().keySet().stream()
                .filter(column -> !there.containsKey(column))
                .toList();
    }

    @Override
    public List<String> apply(Connection connection, List<String> done, Script.Mark mark) throws SQLException {
        List<String> made = missing(connection);
        if (!made.isEmpty()) {
            String added = made.stream()
                    .map(column ->
                            "ADD COLUMN " + quote(column) + " " + step.types().get(column))
                    .collect(joining(", "));
            alter(connection, added);
        }
        return made;
    }

    /** MySQL changes its catalogue alone where it can, else builds the table anew beside the writes; else it refuses. */
    private void alter(Connection connection, String actions) throws SQLException {
        String alter = "ALTER TABLE " + quote(step.table()) + " " + actions;
        if (!Dialect.of(connection).mysql()) {
            Sql.run(connection, alter);
            return;
        }
        try {
            Sql.statement(connection, alter + ", ALGORITHM=INSTANT");
        } catch (SQLException e) {
            if (!NOT_INSTANT.contains(e.getErrorCode())) {
                throw e;
            }
            Sql.statement(connection, alter + ", ALGORITHM=INPLACE, LOCK=NONE");
        }
    }

    @Override
    public List<String> unmet(Connection connection) throws SQLException {
        Map<String, String> wanted = wanted(connection);
        Map<String, String> there = columns(connection);
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
        Map<String, String> wanted = new HashMap<>();
        if (Dialect.of(connection).mysql()) {
            Sql.statement(connection, "DROP TEMPORARY TABLE IF EXISTS turnout_wanted");
            Sql.statement(connection, "CREATE TEMPORARY TABLE turnout_wanted (" + list + ")");
            Sql.rows(connection, "SHOW COLUMNS FROM turnout_wanted").forEach(row -> wanted.put(row.get(0), row.get(1)));
            Sql.statement(connection, "DROP TEMPORARY TABLE turnout_wanted");
            return wanted;
        }
        Sql.run(connection, "CREATE TEMPORARY TABLE turnout_wanted (" + list + ") ON COMMIT DROP");
        Sql.rows(connection, """
                        SELECT attname, format_type(atttypid, atttypmod)
                        FROM pg_attribute WHERE attrelid = 'pg_temp.turnout_wanted'::regclass AND attnum > 0""").forEach(row -> wanted.put(row.get(0), row.get(1)));
        Sql.run(connection, "DROP TABLE pg_temp.turnout_wanted");
        return wanted;
    }

    private Map<String, String> columns(Connection connection) throws SQLException {
        Map<String, String> columns = new HashMap<>();
        List<List<String>> rows = Dialect.of(connection).mysql()
                ? Sql.rows(connection, MYSQL_COLUMNS, step.table())
                : Sql.rows(connection, COLUMNS, quote(step.table()));
        rows.forEach(row -> columns.put(row.get(0), row.get(1)));
        return columns;
    }

    @Override
    public void undo(Connection connection, List<String> made) throws SQLException {
        Map<String, String> there = columns(connection);
        String dropped = made.stream()
                .filter(there::containsKey)
                .map(column -> "DROP COLUMN " + quote(column))
                .collect(joining(", "));
        if (!dropped.isEmpty()) {
            alter(connection, dropped);
        }
    }
}
