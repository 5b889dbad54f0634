package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.Chore;
import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans every expression and query of the spec where all they name exists; runs none of them. */
record ExpressionCheck(Connection connection, Spec spec, Findings.Notes notes) {
    void run() throws SQLException {
        for (Transfer transfer : spec.transfers()) {
            if (!spec.remote(transfer)) {
                new TransferCheck(connection, spec, transfer, notes).after();
            }
        }
        for (Move move : spec.moves()) {
            for (Map.Entry<String, String> up : move.up().entrySet()) {
                up(move, up.getKey(), up.getValue());
            }
            for (Map.Entry<String, Move.Down> down : move.down().entrySet()) {
                down(move, down.getKey(), down.getValue());
            }
            for (Map.Entry<String, ColumnRef> reference : move.references().entrySet()) {
                reference(move, reference.getKey(), reference.getValue());
            }
        }
        for (Analysis analysis : spec.analyses()) {
            analysis(analysis);
        }
        for (Assertion assertion : spec.assertions()) {
            assertion(assertion);
        }
        for (Monitor monitor : spec.monitors()) {
            // What is asked elsewhere is asked once its tables, or its series, are there.
            if (spec.asksHere(monitor)) {
                monitor(monitor);
            }
        }
        for (Chore chore : spec.chores()) {
            plans("schedule '" + chore.name() + "'", () -> planAtSomeTime(chore.sql()));
        }
    }

    /**
     * A script to be tried is left for later: it may count on rows that an empty copy does not have. So is what is asked of
     * another server, where there is no copy at all.
     */
    private void assertion(Assertion assertion) throws SQLException {
        String where = "verify '" + assertion.name() + "'";
        if (assertion instanceof Assertion.NoRow noRow) {
            if (spec.remote() && noRow.on() == Side.NEW) {
                // Asked of the other server, once its tables are there.
                return;
            }
            Savepoint before = connection.setSavepoint();
            SearchPath.of(connection, spec, noRow.on());
            plans(where, "SELECT count(*) FROM (" + noRow.rows() + "\n) AS broken");
            connection.rollback(before);
        } else if (assertion instanceof Assertion.Plan plan) {
            plans(where, plan.query());
        }
    }

    private void up(Move move, String column, String expression) throws SQLException {
        String where = "up of " + move.table() + "." + column;
        String table = quote(move.table());
        boolean plans = plans(where, "UPDATE %s AS old SET %s = (%s)".formatted(table, quote(column), expression))
                && plans(
                        where + ", compared with the column",
                        "SELECT old.%s IS DISTINCT FROM (%s) FROM %s AS old"
                                .formatted(quote(column), expression, table));
        if (plans) {
            repeatable(where, "SELECT (%s) AS value FROM %s AS old".formatted(expression, table));
            mentions(where, move, expression, "old");
            for (String mentioned : SqlText.columns(expression, "old")) {
                if (move.up().containsKey(mentioned)) {
                    notes.problem(
                            where + " reads " + mentioned + ", which is a new column itself",
                            "derive it from old columns alone");
                }
            }
        }
    }

    private void repeatable(String where, String query) throws SQLException {
        for (Repeatable.Objection objection : Repeatable.objections(connection, query)) {
            notes.problem(
                    where + " uses " + objection.function() + ", so it gives another value next time",
                    objection.mend());
        }
    }

    private void down(Move move, String column, Move.Down down) throws SQLException {
        String where = "down of " + move.table() + "." + column;
        for (String expression :
                Stream.concat(Stream.of(down.from()), down.otherwise().stream()).toList()) {
            boolean plans = plans(
                    where, "UPDATE %s AS new SET %s = (%s)".formatted(quote(move.table()), quote(column), expression));
            if (plans) {
                mentions(where, move, expression, "new");
            }
        }
    }

    /** In a trigger an expression sees the columns that it mentions with the row's name, and those only. */
    private void mentions(String where, Move move, String expression, String alias) throws SQLException {
        Set<String> columns = new LinkedHashSet<>(SqlText.columns(expression, alias));
        Set<String> generated = Sql.rows(
                        connection,
                        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attgenerated <> ''",
                        quote(move.table()))
                .stream()
                .map(row -> row.get(0))
                .collect(Collectors.toSet());
        columns.stream()
                .filter(generated::contains)
                .forEach(column -> notes.problem(
                        where + " reads the generated column " + column,
                        "read the columns it is generated from: it has no value yet when the sync triggers run"));
        if (!SqlText.mentionsRow(expression, alias)) {
            plans(
                    where + ", with the columns written as " + alias + ".column",
                    "SELECT (%s) FROM (SELECT %s FROM %s) AS %s"
                            .formatted(expression, quoteAll(columns), quote(move.table()), alias));
        }
    }

    private void reference(Move move, String column, ColumnRef to) throws SQLException {
        String where = "reference of " + move.table() + "." + column + " to " + to;
        boolean plans = plans(
                where,
                "SELECT FROM %s AS a JOIN %s AS b ON a.%s = b.%s"
                        .formatted(quote(move.table()), quote(to.table()), quote(column), quote(to.column())));
        if (plans && Sql.rows(connection, """
                                SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = ?
                                WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indpred IS NULL
                                  AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum""", to.column(), quote(to.table())).isEmpty()) {
            notes.problem(where + ": the target is not unique", "refer to a primary key or a unique column");
        }
    }

    private void analysis(Analysis analysis) throws SQLException {
        String where = "analyze " + analysis.column();
        plans(
                where,
                "SELECT %s::text FROM %s"
                        .formatted(
                                quote(analysis.column().column()),
                                quote(analysis.column().table())));
        Stream<String> patterns = Stream.concat(
                analysis.formats().values().stream(), analysis.unplaced().map(Analysis.Unplaced::pattern).stream());
        for (String pattern : patterns.toList()) {
            plans(where + ", pattern " + pattern, "SELECT '' ~ " + literal(pattern));
        }
    }

    private void monitor(Monitor monitor) throws SQLException {
        String where = "monitor '" + monitor.name() + "'";
        String sql = monitor.query().text();
        Monitor.Rule rule = monitor.rule();
        if (!plans(where, () -> planAtSomeTime(sql))) {
            return;
        }
        if (rule.arms()) {
            plans(
                    where + ", its columns",
                    () -> planAtSomeTime(
                            "SELECT arm::text, total::bigint, failed::bigint FROM (" + sql + "\n) AS measured"));
            return;
        }
        String conditions = "(" + rule.failureCondition() + ")::boolean"
                + rule.successCondition()
                        .map(condition -> ", (" + condition + ")::boolean")
                        .orElse("")
                + (rule.minSample() > 0 ? ", total" : "");
        plans(where + ", its conditions", () -> {
            String before = rule.baseline().isPresent() ? " CROSS JOIN (" + asBaseline(sql) + "\n) AS before" : "";
            planAtSomeTime("SELECT " + conditions + " FROM (" + sql + "\n) AS measured" + before);
        });
    }

    /** The query with its columns called {@code baseline_…}. */
    private String asBaseline(String sql) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement none = atSomeTime("SELECT * FROM (" + sql + "\n) AS before LIMIT 0");
                ResultSet row = none.executeQuery()) {
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                String name = row.getMetaData().getColumnLabel(i);
                columns.add(quote(name) + " AS " + quote("baseline_" + name));
            }
        }
        return "SELECT " + String.join(", ", columns) + " FROM (" + sql + "\n) AS before";
    }

    /** Any instant does: nothing is run. */
    private void planAtSomeTime(String sql) throws SQLException {
        try (PreparedStatement explain = atSomeTime("EXPLAIN " + sql)) {
            explain.execute();
        }
    }

    private PreparedStatement atSomeTime(String sql) throws SQLException {
        SqlText.Bound bound = SqlText.bind(sql, Set.of("now", "from"));
        PreparedStatement statement = connection.prepareStatement(bound.sql());
        for (int i = 1; i <= bound.parameters().size(); i++) {
            statement.setObject(i, OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC));
        }
        return statement;
    }

    private boolean plans(String where, String sql) throws SQLException {
        return plans(where, () -> Sql.run(connection, "EXPLAIN " + sql));
    }

    private boolean plans(String where, Planning planning) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            planning.run();
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            connection.rollback(before);
            notes.problem(where + ": " + Failure.words(e), "mend the SQL");
            return false;
        }
    }

    private interface Planning {
        void run() throws SQLException;
    }
}
