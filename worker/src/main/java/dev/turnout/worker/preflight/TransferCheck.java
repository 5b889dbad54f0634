package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a transfer can run: its tables, its keys, and all SQL that follows from it, planned and not run. */
record TransferCheck(Connection connection, Spec spec, Transfer transfer, Findings.Notes notes) {
    private static final int EXAMPLES = 3;

    /** What can be told before anything of the new side is made. */
    void before() throws SQLException {
        TableName into = spec.into(transfer);
        boolean there = !TableColumn.of(connection, into.schema(), into.table()).isEmpty();
        if (there
                && !Sql.rows(connection, "SELECT 1 FROM " + quoted(into) + " LIMIT 1")
                        .isEmpty()) {
            foreignRows(into);
        }
        for (Transfer other : spec.transfers()) {
            boolean later = spec.transfers().indexOf(other) > spec.transfers().indexOf(transfer);
            if (later
                    && other.into().equals(transfer.into())
                    && constants(other).equals(constants(transfer))) {
                notes.problem(
                        "the moves " + transfer.name() + " and " + other.name() + " both go into " + transfer.into()
                                + ", and nothing tells their rows apart",
                        "give each a constant of its own in 'as'");
            }
        }
    }

    private static List<String> constants(Transfer transfer) {
        return transfer.as().stream()
                .filter(column -> transfer.keyColumn(column).isEmpty())
                .map(column -> column + "=" + transfer.up().get(column))
                .sorted()
                .toList();
    }

    /** Rows that look like ours and are not what the mapping says: an earlier attempt leaves others. */
    private void foreignRows(TableName into) throws SQLException {
        String what = "the new table " + into + " of the move " + transfer.name();
        attempt(what + " has rows and cannot be compared", () -> {
            TransferSql sql = TransferSql.of(connection, spec, transfer);
            String foreign =
                    " FROM " + sql.into() + " AS new WHERE " + sql.key().owned()
                            + " AND NOT EXISTS (SELECT 1 FROM (" + sql.wanted("true") + ") AS wanted WHERE "
                            + transfer.as().stream()
                                    .map(column -> "wanted." + quote(column) + " = new." + quote(column))
                                    .collect(joining(" AND "))
                            + " AND NOT " + sql.differs("new", "wanted") + ")";
            String count = Sql.value(connection, "SELECT count(*)" + foreign).orElse("0");
            if (!count.equals("0")) {
                String examples = Sql.rows(
                                connection,
                                "SELECT "
                                        + Dialect.of(connection)
                                                .asText(sql.key().ofNewAsJson()) + foreign + " LIMIT " + EXAMPLES)
                        .stream()
                        .map(row -> row.get(0))
                        .collect(joining(", "));
                notes.problem(
                        what + " holds " + count + " foreign rows, for example " + examples,
                        "empty the table, or take these rows away: the move would overwrite or delete them");
            }
        });
    }

    /** What can be told where the new side has been tried out. */
    void after() throws SQLException {
        TransferSql sql;
        try {
            sql = TransferSql.of(connection, spec, transfer);
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            notes.problem(
                    "move " + transfer.name() + ": " + Failure.words(e),
                    "let an expand step make it, or correct the name");
            return;
        }
        if (!uniqueAs(sql)) {
            return;
        }
        attempt("the numbers of " + transfer.name(), () -> new NumberCheck(connection, spec, transfer, notes).run(sql));
        boolean planned = plan("up of " + transfer.name(), sql.writes().upsert("true"));
        if (!planned) {
            return;
        }
        for (Repeatable.Objection objection : objections(sql)) {
            notes.problem(
                    "up of " + transfer.name() + " uses " + objection.function()
                            + ", so it gives another value next time",
                    objection.mend());
        }
        plan("the deletion of rows of " + transfer.name(), sql.writes().removeUnwanted("true"));
        for (Map.Entry<String, String> touched : transfer.touchedBy().entrySet()) {
            plan(
                    "touched by " + touched.getKey() + " of " + transfer.name(),
                    "SELECT 1 FROM " + sql.from() + " AS old, " + quote(touched.getKey()) + " AS it WHERE "
                            + touched.getValue());
        }
        for (Map.Entry<String, Move.Down> down : transfer.down().entrySet()) {
            down(sql, down.getKey(), down.getValue());
        }
    }

    private List<Repeatable.Objection> objections(TransferSql sql) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            return Repeatable.objections(connection, sql.wanted("true"));
        }
        return Stream.concat(transfer.up().values().stream(), transfer.where().stream())
                .flatMap(expression -> Repeatable.byName(expression).stream())
                .distinct()
                .toList();
    }

    private void down(TransferSql sql, String column, Move.Down down) throws SQLException {
        String where = "down of " + transfer.name() + "." + column;
        plan(where, update(sql, column, down.from()));
        if (down.otherwise().isPresent()) {
            plan(where, update(sql, column, down.otherwise().get()));
        }
    }

    private String update(TransferSql sql, String column, String expression) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            return "UPDATE " + sql.from() + " AS old JOIN " + sql.into() + " AS new ON "
                    + sql.key().pairs() + " SET old." + quote(column) + " = (" + expression + ")";
        }
        return "UPDATE " + sql.from() + " AS old SET " + quote(column) + " = (" + expression + ") FROM " + sql.into()
                + " AS new WHERE " + sql.key().pairs();
    }

    private boolean uniqueAs(TransferSql sql) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            return uniqueAs(uniqueInMySql());
        }
        Object as = transfer.as().stream().sorted().toArray(String[]::new);
        List<List<String>> indexes = Sql.rows(connection, """
                SELECT i.indexrelid::regclass FROM pg_index i
                WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indimmediate
                  AND i.indpred IS NULL AND i.indexprs IS NULL
                  AND ARRAY(SELECT a.attname::text COLLATE "C"
                            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, nth)
                            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                            WHERE nth <= i.indnkeyatts ORDER BY 1) = ?::text[]""", sql.into(), as);
        return uniqueAs(indexes);
    }

    private List<List<String>> uniqueInMySql() throws SQLException {
        TableName into = spec.into(transfer);
        List<String> as = transfer.as().stream().sorted().toList();
        return Sql.rows(connection, """
                        SELECT group_concat(column_name ORDER BY seq_in_index SEPARATOR '/')
                        FROM information_schema.statistics
                        WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ? AND non_unique = 0
                        GROUP BY index_name HAVING max(sub_part) IS NULL""", into.schema().orElse(""), into.table()).stream()
                .filter(row ->
                        Stream.of(row.get(0).split("/")).sorted().toList().equals(as))
                .toList();
    }

    private boolean uniqueAs(List<List<String>> indexes) {
        if (indexes.isEmpty()) {
            notes.problem(
                    "'as' of the move " + transfer.name() + " (" + String.join(", ", transfer.as())
                            + ") is not unique in " + transfer.into(),
                    "make a unique index on just these columns (not partial, not deferrable)");
        }
        return !indexes.isEmpty();
    }

    private static String quoted(TableName table) {
        return table.schema().map(schema -> quote(schema) + ".").orElse("") + quote(table.table());
    }

    private boolean plan(String where, String sql) throws SQLException {
        return attempt(where, () -> Sql.run(connection, "EXPLAIN " + sql));
    }

    private interface Attempt {
        void run() throws SQLException;
    }

    private boolean attempt(String where, Attempt attempt) throws SQLException {
        // Where each statement commits, as in a trial on MySQL, one that fails leaves nothing behind.
        Optional<Savepoint> before =
                connection.getAutoCommit() ? Optional.empty() : Optional.of(connection.setSavepoint());
        try {
            attempt.run();
            if (before.isPresent()) {
                connection.releaseSavepoint(before.get());
            }
            return true;
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            if (before.isPresent()) {
                connection.rollback(before.get());
            }
            notes.problem(where + ": " + Failure.words(e), "mend the SQL");
            return false;
        }
    }
}
