package dev.turnout.worker.preflight;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether a table of MySQL or MariaDB is one that can be moved, by what the catalogue says of it. Locks nothing. */
record MySqlTableCheck(Connection connection, Move move, Findings.Notes notes) {
    /** Whose order is not that of their text, or whose text is not exact. */
    private static final Pattern NO_KEY = Pattern.compile("(enum|set|float|double|bit|json|geometry|point)\\b.*");

    void run() throws SQLException {
        List<List<String>> found = Sql.rows(connection, """
                SELECT table_type, coalesce(engine, ''), coalesce(table_rows, 0),
                       coalesce(data_length, 0) + coalesce(index_length, 0)
                FROM information_schema.tables WHERE table_schema = database() AND table_name = ?""", move.table());
        if (found.isEmpty()) {
            notes.problem(
                    "there is no table " + move.table(),
                    "check its spelling, case included, and the database in the URL of the connection");
            return;
        }
        List<String> table = found.get(0);
        if (!table.get(0).equals("BASE TABLE") || !table.get(1).equalsIgnoreCase("InnoDB")) {
            notes.problem(
                    move.table() + " is a " + table.get(0).toLowerCase(Locale.ROOT) + " of the engine " + table.get(1),
                    "only tables of InnoDB can be moved: the others have no transactions");
        }
        notes.table(Map.of(
                "table", move.table(),
                "estimatedRows", Long.parseLong(table.get(2)),
                "bytes", Long.parseLong(table.get(3))));
        columns();
        cascades();
        otherTriggers();
    }

    private void columns() throws SQLException {
        Map<String, TableColumn> columns = TableColumn.of(connection, move.table());
        for (String name : move.key()) {
            TableColumn column = columns.get(name);
            if (column == null) {
                notes.problem("the key column " + name + " is not in " + move.table(), "name columns of the table");
            } else if (!column.notNull()) {
                notes.problem(
                        "the key column " + move.table() + "." + name + " may be NULL",
                        "use the primary key, or a unique key whose columns are NOT NULL");
            } else if (NO_KEY.matcher(column.type().toLowerCase(Locale.ROOT)).matches()) {
                notes.problem(
                        "the key column " + move.table() + "." + name + " is of the type " + column.type(),
                        "use a key of numbers, texts, times or bytes");
            }
        }
        if (columns.keySet().containsAll(move.key())) {
            unique();
        }
        for (String name : move.down().keySet()) {
            if (!columns.containsKey(name)) {
                notes.problem("down names " + name + ", which is not in " + move.table(), "name an old column");
            } else if (move.key().contains(name)) {
                notes.problem("down names the key column " + name, "a key must not change with the mapping");
            }
        }
        for (String name : read("old")) {
            TableColumn column = columns.get(name);
            if (column != null && column.generated()) {
                notes.problem(
                        "an up of " + move.table() + " reads the generated column " + name,
                        "read the columns it is generated from: it has no value yet when the sync triggers run");
            }
        }
    }

    /** The columns in the key's own order, because the backfill walks the index. */
    private void unique() throws SQLException {
        List<List<String>> indexes = Sql.rows(connection, """
                SELECT index_name FROM information_schema.statistics
                WHERE table_schema = database() AND table_name = ? AND non_unique = 0
                GROUP BY index_name
                HAVING group_concat(column_name ORDER BY seq_in_index SEPARATOR '/') = ? AND max(sub_part) IS NULL""", move.table(), String.join("/", move.key()));
        if (indexes.isEmpty()) {
            notes.problem(
                    "the key (" + String.join(", ", move.key()) + ") of " + move.table() + " is not unique",
                    "name the columns of a unique index (not of prefixes) in its order");
        }
    }

    /** InnoDB changes rows for a foreign key without telling any trigger. */
    private void cascades() throws SQLException {
        Set<String> mapped = read("old");
        mapped.addAll(move.key());
        for (List<String> row : Sql.rows(connection, """
                SELECT r.constraint_name, k.column_name, r.update_rule, r.delete_rule
                FROM information_schema.referential_constraints r
                JOIN information_schema.key_column_usage k
                  ON k.constraint_schema = r.constraint_schema AND k.constraint_name = r.constraint_name
                 AND k.table_name = r.table_name
                WHERE r.constraint_schema = database() AND r.table_name = ?""", move.table())) {
            boolean changes =
                    row.get(2).matches("CASCADE|SET NULL") || row.get(3).equals("SET NULL");
            if (changes && mapped.contains(row.get(1))) {
                notes.problem(
                        "the foreign key %s changes %s.%s (ON UPDATE %s, ON DELETE %s), and no trigger fires for that"
                                .formatted(row.get(0), move.table(), row.get(1), row.get(2), row.get(3)),
                        "make it RESTRICT for the time of the run, or leave the column out of the mapping");
            }
        }
    }

    private Set<String> read(String alias) {
        Set<String> read = new HashSet<>();
        move.up().values().forEach(up -> read.addAll(SqlText.columns(up, alias)));
        move.scope().where().ifPresent(where -> read.addAll(SqlText.columns(where, alias)));
        return read;
    }

    private void otherTriggers() throws SQLException {
        for (List<String> row : Sql.rows(connection, """
                SELECT trigger_name, action_timing FROM information_schema.triggers
                WHERE event_object_schema = database() AND event_object_table = ?
                  AND left(trigger_name, 12) <> 'zzz_turnout_' AND event_manipulation <> 'DELETE'""", move.table())) {
            notes.warning("the trigger " + row.get(0) + " of " + move.table()
                    + " fires before the sync triggers of this run, and after them if it is made anew meanwhile");
        }
    }
}
