package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Refusal;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rehearsal of one move on MySQL: the same acts as {@link Rehearsal} on tables that are made for it, their rows in a
 * transaction that is rolled back. Immutable.
 */
record MySqlRehearsal(Site site, int ordinal) {
    private static final int ROWS = 200;

    Rehearsal.Finding run() throws SQLException {
        try (Scratch sample = Scratch.like(site, ordinal, "sample");
                Scratch stage = Scratch.like(site, ordinal, "rehearsal")) {
            SchemaChange.run(site, Limits.DDL, connection -> {
                SyncTriggers.onCopy(connection, site, ordinal, stage.name());
                return stage;
            });
            return site.database().transaction(Limits.SCAN, connection -> {
                try {
                    return rehearse(connection, sample, stage);
                } finally {
                    connection.rollback();
                }
            });
        }
    }

    private Rehearsal.Finding rehearse(Connection connection, Scratch sample, Scratch stage) throws SQLException {
        Move move = site.spec().moves().get(ordinal);
        Mapping mapping = Mapping.of(connection, move);
        KeySql key = KeySql.of(connection, move);
        DifferenceQuery query = new DifferenceQuery(site, mapping, key);
        String right = key.table() + " WHERE " + mapping.concerned() + " AND CASE WHEN "
                + RejectedRows.isRejected(site, move, key) + " THEN false ELSE NOT " + mapping.differs()
                + " END LIMIT " + ROWS;
        Sql.statement(connection, sample.copyOf(connection, right));
        Map<String, Object> report = new LinkedHashMap<>();
        report.put(
                "rows",
                Sql.value(connection, "SELECT count(*) FROM " + sample.sql()).orElse("0"));
        List<String> problems = new ArrayList<>(act(
                connection,
                query,
                stage,
                "a row inserted by the new application",
                insertWithout(connection, sample, stage, move, unknownToNew(move))));
        if (problems.isEmpty()) {
            report.put("comes back changed", lossy(connection, move, sample, stage));
            if (!move.down().isEmpty()) {
                problems.addAll(act(
                        connection,
                        query,
                        stage,
                        "a row updated by the new application",
                        List.of(swap(move, sample, stage))));
            }
        }
        Sql.statement(connection, "DELETE FROM " + stage.sql());
        problems.addAll(act(
                connection,
                query,
                stage,
                "a row inserted by the old application",
                insertWithout(connection, sample, stage, move, unknownToOld(move))));
        if (problems.isEmpty() && move.scope().settles()) {
            problems.addAll(act(
                    connection,
                    query,
                    stage,
                    "a row of the old application updated by the new one",
                    List.of(swap(move, sample, stage))));
        }
        return new Rehearsal.Finding(
                problems.stream().map(problem -> move.table() + ": " + problem).toList(), report);
    }

    /** Of a new side that the application had before, it writes that part only. */
    private static List<String> written(Move move) {
        return move.scope().settles()
                ? move.scope().inPlace()
                : List.copyOf(move.up().keySet());
    }

    private static Collection<String> unknownToNew(Move move) {
        Set<String> unknown = new HashSet<>(move.up().keySet());
        written(move).forEach(unknown::remove);
        unknown.addAll(move.down().keySet());
        return unknown;
    }

    private static Collection<String> unknownToOld(Move move) {
        Set<String> unknown = new HashSet<>(move.up().keySet());
        move.scope().inPlace().forEach(unknown::remove);
        return unknown;
    }

    private static List<String> act(
            Connection connection, DifferenceQuery query, Scratch stage, String what, List<String> writes)
            throws SQLException {
        List<String> wrong = new ArrayList<>();
        Refusal.of(connection, () -> {
                    for (String write : writes) {
                        Sql.statement(connection, write);
                    }
                    query.run(connection, stage.sql() + " AS old", KeyRange.all())
                            .samples()
                            .forEach(sample -> wrong.add(what + " is not the same on both sides: " + sample));
                })
                .ifPresent(refusal -> wrong.add(what + " is refused: " + refusal.getMessage()));
        return wrong;
    }

    /**
     * Row by row on MariaDB. Where a table has a BEFORE INSERT trigger, that one (seen in 11.4) takes the second row of an
     * INSERT … SELECT with a list of columns for one whose key is NULL.
     */
    private static List<String> insertWithout(
            Connection connection, Scratch sample, Scratch stage, Move move, Collection<String> left)
            throws SQLException {
        List<String> columns = stage.written(connection).stream()
                .filter(column -> !left.contains(column))
                .toList();
        String insert = "INSERT INTO " + stage.sql() + " (" + quoteAll(columns) + ") ";
        if (!Dialect.of(connection).mariaDb()) {
            return List.of(insert + "SELECT " + quoteAll(columns) + " FROM " + sample.sql());
        }
        int rows = Integer.parseInt(
                Sql.value(connection, "SELECT count(*) FROM " + sample.sql()).orElse("0"));
        List<String> inserts = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            String from =
                    " FROM " + sample.sql() + " ORDER BY " + quoteAll(move.key()) + " LIMIT 1 OFFSET " + row + ")";
            inserts.add(insert + "VALUES ("
                    + columns.stream()
                            .map(column -> "(SELECT " + quote(column) + from)
                            .collect(joining(", "))
                    + ")");
        }
        return inserts;
    }

    /** Every row gets the new values of another one. */
    private static String swap(Move move, Scratch sample, Scratch stage) {
        String key = quoteAll(move.key());
        List<String> sets = new ArrayList<>();
        List<String> same = new ArrayList<>();
        written(move).forEach(column -> sets.add("mine_row." + quote(column) + " = other." + quote(column)));
        move.key().forEach(column -> same.add("mine." + quote(column) + " = mine_row." + quote(column)));
        String numbered =
                "(SELECT s.*, row_number() OVER (ORDER BY " + key + ") AS turnout_n FROM " + sample.sql() + " AS s)";
        return "UPDATE " + stage.sql() + " AS mine_row JOIN " + numbered + " AS mine ON " + String.join(" AND ", same)
                + " JOIN " + numbered + " AS other ON other.turnout_n = (SELECT count(*) FROM " + sample.sql()
                + ") + 1 - mine.turnout_n SET " + String.join(", ", sets);
    }

    /** Old values that say more than the new ones can: how many rows would come back with another one, with an example. */
    private static Map<String, Object> lossy(Connection connection, Move move, Scratch sample, Scratch stage)
            throws SQLException {
        Map<String, Object> lossy = new LinkedHashMap<>();
        Map<String, TableColumn> columns = TableColumn.of(connection, move.table());
        String same = String.join(
                " AND ",
                move.key().stream()
                        .map(name -> "s." + quote(name) + " = r." + quote(name))
                        .toList());
        for (String name : move.down().keySet()) {
            TableColumn column = columns.get(name);
            if (column == null) {
                continue;
            }
            List<String> counted = Sql.rows(
                            connection,
                            "SELECT count(*), min(concat(" + column.text("s") + ", ' -> ', " + column.text("r")
                                    + ")) FROM " + sample.sql() + " AS s JOIN " + stage.sql() + " AS r ON " + same
                                    + " WHERE " + column.differs("s." + quote(name), "r." + quote(name)))
                    .get(0);
            lossy.put(name, Map.of("rows", counted.get(0), "example", counted.get(1)));
        }
        return lossy;
    }
}
