package dev.turnout.worker.remote;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether the table that a move comes from can be followed: its key tells rows apart, and every change fires a trigger. */
record SourceCheck(Connection source, Site site, Route route) {
    private static final Set<Form> NO_KEY = Set.of(Form.FLOAT, Form.DOUBLE, Form.JSON, Form.TEXTS);

    /** @param from columns of the table */
    List<String> problems(Map<String, ColumnType> from) throws SQLException {
        List<String> problems = new ArrayList<>();
        key(from, problems);
        cascades(problems);
        return problems;
    }

    private void key(Map<String, ColumnType> from, List<String> problems) throws SQLException {
        for (String column : route.key()) {
            ColumnType type = from.get(column);
            if (type == null) {
                problems.add(
                        "the key column " + column + " is not in " + route.from() + " — name columns of the table");
                return;
            }
            boolean zoned = type.dialect().mysql() && type.form() == Form.INSTANT;
            if (NO_KEY.contains(type.form()) || zoned) {
                problems.add("the key column " + route.from() + "." + column + " is " + type.words()
                        + ", whose text does not tell values apart in every session — choose another unique key");
            }
            if (!type.notNull()) {
                problems.add("the key column " + route.from() + "." + column
                        + " may be NULL — use the primary key, or a unique key whose columns are NOT NULL");
            }
        }
        if (!unique(source, route.from(), route.key())) {
            problems.add("the key (" + String.join(", ", route.key()) + ") of " + route.from()
                    + " is not unique — name the columns of a unique index");
        }
    }

    /** Whether some columns are those of a unique index. */
    static boolean unique(Connection connection, TableName table, Iterable<String> columns) throws SQLException {
        Set<String> wanted = new TreeSet<>();
        columns.forEach(wanted::add);
        List<List<String>> indexes = Dialect.of(connection).mysql()
                ? Sql.rows(connection, """
                        SELECT group_concat(column_name ORDER BY column_name SEPARATOR '\n') FROM information_schema.statistics
                        WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ? AND non_unique = 0
                        GROUP BY index_name HAVING count(sub_part) = 0""", table.schema().orElse(""), table.table())
                : Sql.rows(connection, """
                        SELECT (SELECT string_agg(a.attname, E'\\n' ORDER BY a.attname)
                                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, nth)
                                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                                WHERE nth <= i.indnkeyatts)
                        FROM pg_index i
                        WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indimmediate
                          AND i.indpred IS NULL AND i.indexprs IS NULL""", Route.quoted(table));
        return indexes.stream()
                .map(index -> new TreeSet<>(Arrays.asList(index.get(0).split("\n", -1))))
                .anyMatch(wanted::equals);
    }

    /** MySQL's cascades fire no trigger, so what they change would never be carried. */
    private void cascades(List<String> problems) throws SQLException {
        if (!Dialect.of(source).mysql()) {
            return;
        }
        List<TableName> tables = new ArrayList<>(List.of(route.from()));
        route.touchedBy().keySet().forEach(table -> tables.add(Wide.touching(site, route, table)));
        for (TableName table : tables) {
            String found = Sql.rows(source, """
                            SELECT constraint_name FROM information_schema.referential_constraints
                            WHERE constraint_schema = coalesce(nullif(?, ''), database()) AND table_name = ?
                              AND (delete_rule IN ('CASCADE', 'SET NULL') OR update_rule IN ('CASCADE', 'SET NULL'))""", table.schema().orElse(""), table.table()).stream()
                    .map(row -> row.get(0))
                    .collect(Collectors.joining(", "));
            if (!found.isEmpty()) {
                problems.add(table + " is changed by cascades, which fire no trigger in MySQL: " + found
                        + " — replace them by RESTRICT for the time of the migration");
            }
        }
    }
}
