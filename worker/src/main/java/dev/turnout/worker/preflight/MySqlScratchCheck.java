package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tries the spec out on MySQL: in a database of its own, with empty copies of the tables that the spec mentions, which is
 * dropped in the end. The expand steps and the sync triggers are made there for real, expressions and queries are explained.
 */
record MySqlScratchCheck(Connection connection, Spec spec, Findings.Notes notes) {
    private static final Pattern NAME = Pattern.compile("[\"`]((?:[^\"`])+)[\"`]|(\\w+)");

    /** On a connection that commits each statement; it is left in the database in which it came. */
    void run() throws SQLException {
        String live = Sql.value(connection, "SELECT database()").orElseThrow();
        String scratch = "turnout_scratch_"
                + Sql.value(connection, "SELECT connection_id()").orElseThrow();
        Optional<String> other = spec.place(Side.NEW).schema().filter(schema -> !spec.remote() && !schema.equals(live));
        List<ExpandStep> steps = new ArrayList<>();
        for (ExpandStep step : spec.expandHere()) {
            connection.setCatalog(on(step) == Side.NEW ? other.orElse(live) : live);
            if (step instanceof ExpandStep.Columns || !Expand.inPlace(connection, step)) {
                steps.add(step);
            }
        }
        connection.setCatalog(live);
        make(scratch, live);
        try {
            if (other.isPresent()) {
                make(scratch + "_new", other.get());
            }
            connection.setCatalog(scratch);
            tryOut(steps, new Sides(scratch, other.isPresent() ? scratch + "_new" : scratch));
        } finally {
            connection.setCatalog(live);
            Sql.statement(connection, "DROP DATABASE " + quote(scratch));
            Sql.statement(connection, "DROP DATABASE IF EXISTS " + quote(scratch + "_new"));
        }
    }

    /** The databases in which the sides are tried out. */
    private record Sides(String old, String fresh) {
        String of(Side side) {
            return side == Side.NEW ? fresh : old;
        }
    }

    private static Side on(ExpandStep step) {
        return step instanceof ExpandStep.Run run ? run.on() : Side.OLD;
    }

    /** A database with empty copies of those tables of another one that the spec mentions. */
    private void make(String scratch, String model) throws SQLException {
        Sql.statement(connection, "DROP DATABASE IF EXISTS " + quote(scratch));
        Sql.statement(connection, "CREATE DATABASE " + quote(scratch));
        Set<String> mentioned = mentioned();
        for (List<String> table : Sql.rows(connection, """
                SELECT table_name FROM information_schema.tables
                WHERE table_schema = ? AND table_type = 'BASE TABLE'""", model)) {
            if (mentioned.contains(table.get(0))) {
                Sql.statement(
                        connection,
                        "CREATE TABLE " + quote(scratch) + "." + quote(table.get(0)) + " LIKE " + quote(model) + "."
                                + quote(table.get(0)));
            }
        }
    }

    private Set<String> mentioned() {
        List<String> texts = new ArrayList<>();
        for (ExpandStep step : spec.expand()) {
            if (step instanceof ExpandStep.Columns columns) {
                texts.add(columns.table());
            } else if (step instanceof ExpandStep.Run script) {
                texts.add(script.sql());
            }
        }
        for (Move move : spec.moves()) {
            texts.add(quote(move.table()));
            texts.addAll(move.up().values());
            move.down().values().forEach(down -> {
                texts.add(down.from());
                down.otherwise().ifPresent(texts::add);
            });
            move.references().values().forEach(to -> texts.add(quote(to.table())));
            move.scope().where().ifPresent(texts::add);
            texts.addAll(move.scope().quarantine().values());
        }
        for (Transfer transfer : spec.transfers()) {
            texts.add(quote(transfer.from().table()));
            texts.add(quote(transfer.into().table()));
            texts.addAll(transfer.up().values());
            transfer.where().ifPresent(texts::add);
            transfer.touchedBy().forEach((table, condition) -> texts.addAll(List.of(quote(table), condition)));
            transfer.down().values().forEach(down -> {
                texts.add(down.from());
                down.otherwise().ifPresent(texts::add);
            });
        }
        spec.assertions().forEach(assertion -> {
            if (assertion instanceof Assertion.NoRow noRow) {
                texts.add(noRow.rows());
            }
        });
        monitors().forEach(monitor -> texts.add(monitor.query().text()));
        Set<String> names = new HashSet<>();
        texts.forEach(text -> NAME.matcher(text)
                .results()
                .forEach(name -> names.add(name.group(1) == null ? name.group(2) : name.group(1))));
        return names;
    }

    private void tryOut(List<ExpandStep> steps, Sides sides) throws SQLException {
        for (ExpandStep step : steps) {
            connection.setCatalog(sides.of(on(step)));
            boolean fine = attempt("expand: " + step.title(), () -> {
                List<String> differences = Expand.tryOut(connection, step);
                differences.forEach(difference -> notes.problem(
                        "expand: " + difference, "drop or rename what is there, or let the spec follow it"));
            });
            if (!fine || !notes.clean()) {
                return;
            }
        }
        connection.setCatalog(sides.old());
        for (Move move : spec.moves()) {
            expressions(move);
        }
        transfers(sides);
        if (notes.clean()) {
            for (int ordinal = 0; ordinal < spec.moves().size(); ordinal++) {
                int move = ordinal;
                attempt(
                        "the sync triggers of " + spec.moves().get(ordinal).table(),
                        () -> SyncTriggers.tryOut(connection, spec, move));
            }
        }
        Dialect dialect = Dialect.of(connection);
        for (Analysis analysis : spec.analyses()) {
            for (String pattern : analysis.formats().values()) {
                attempt(
                        "analyze " + analysis.column() + ", pattern " + pattern,
                        () -> Sql.statement(connection, "SELECT " + dialect.matches("'a'", dialect.literal(pattern))));
            }
        }
        for (Assertion assertion : spec.assertions()) {
            if (assertion instanceof Assertion.NoRow noRow && !(spec.remote() && noRow.on() == Side.NEW)) {
                connection.setCatalog(sides.of(noRow.on()));
                explained("verify '" + noRow.name() + "'", "SELECT count(*) FROM (" + noRow.rows() + "\n) AS broken");
            }
        }
        connection.setCatalog(sides.old());
        for (Monitor monitor : monitors()) {
            attempt("monitor '" + monitor.name() + "'", () -> new MySqlMonitorCheck(connection, dialect)
                    .explain(monitor));
        }
    }

    private void transfers(Sides sides) throws SQLException {
        Spec tried = spec.elsewhere(Optional.of(sides.old()), Optional.of(sides.fresh()));
        for (Transfer transfer : tried.transfers()) {
            if (!tried.remote(transfer)) {
                new TransferCheck(connection, tried, transfer, notes).after();
                new MySqlTransferCheck(connection, tried, transfer, notes).fresh();
            }
        }
        if (notes.clean()) {
            attempt("the sync triggers of the moves into other tables", () -> SyncTriggers.tryOut(connection, tried));
        }
    }

    private void expressions(Move move) throws SQLException {
        String table = quote(move.table());
        for (Map.Entry<String, String> up : move.up().entrySet()) {
            String where = "up of " + move.table() + "." + up.getKey();
            if (SqlText.mentionsRow(up.getValue(), "old")) {
                notes.problem(where + " mentions the whole row", "name its columns: MySQL has no rows as values");
            }
            for (Repeatable.Objection objection : Repeatable.byName(up.getValue())) {
                notes.problem(
                        where + " uses " + objection.function() + ", so it gives another value next time",
                        objection.mend());
            }
            explained(where, "UPDATE " + table + " AS old SET " + quote(up.getKey()) + " = (" + up.getValue() + ")");
        }
        for (Map.Entry<String, Move.Down> down : move.down().entrySet()) {
            String where = "down of " + move.table() + "." + down.getKey();
            explained(
                    where,
                    "UPDATE " + table + " AS new SET " + quote(down.getKey()) + " = ("
                            + down.getValue().from() + ")");
            if (down.getValue().otherwise().isPresent()) {
                explained(
                        where,
                        "UPDATE " + table + " AS new SET " + quote(down.getKey()) + " = ("
                                + down.getValue().otherwise().get() + ")");
            }
        }
        attempt("the mapping of " + move.table() + ", compared with its columns", () -> {
            Mapping mapping = Mapping.of(connection, move);
            Sql.statement(connection, "EXPLAIN SELECT " + mapping.differs() + " FROM " + mapping.tableAsOld());
            if (mapping.quarantine().isPresent()) {
                Sql.statement(
                        connection, "EXPLAIN SELECT " + mapping.quarantine().get() + " FROM " + mapping.tableAsOld());
            }
        });
    }

    /** What is asked elsewhere is asked once its tables, or its series, are there. */
    private List<Monitor> monitors() {
        return spec.monitors().stream().filter(spec::asksHere).toList();
    }

    private void explained(String where, String sql) throws SQLException {
        attempt(where, () -> Sql.statement(connection, "EXPLAIN " + sql));
    }

    private interface Attempt {
        void run() throws SQLException;
    }

    private boolean attempt(String where, Attempt attempt) throws SQLException {
        try {
            attempt.run();
            return true;
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            notes.problem(where + ": " + Failure.words(e), "mend the SQL");
            return false;
        }
    }
}
