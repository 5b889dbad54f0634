package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Side;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Refusal;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferCopies;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@link TransferRehearsal} on MySQL: in tables of its own with the very triggers, whose rows are rolled back. What feeds
 * the rows is live and may change between two statements, so rows that come out wrong are tried again by themselves: only
 * what is wrong each time is. Immutable.
 */
record MySqlTransferRehearsal(Site site, int ordinal) {
    private static final int ROWS = 200;
    private static final int ATTEMPTS = 20;

    private Transfer transfer() {
        return site.spec().transfers().get(ordinal);
    }

    private String copy(String what) {
        return quote("turnout_rehearsal_" + what + "_" + site.run() + "_" + ordinal);
    }

    Rehearsal.Finding run() throws SQLException {
        make();
        try {
            List<List<String>> only = List.of();
            Play.Outcome outcome = play(only);
            Map<String, Object> ofAll = outcome.finding().report();
            for (int attempt = 1; attempt < ATTEMPTS && outcome.mayBeChance(); attempt++) {
                only = outcome.wrong().isEmpty() ? only : outcome.wrong();
                outcome = play(only);
            }
            return new Rehearsal.Finding(outcome.finding().problems(), ofAll);
        } finally {
            SchemaChange.run(site, Limits.DDL, connection -> {
                SearchPath.of(connection, site.spec(), Side.OLD);
                remove(connection);
                return site;
            });
        }
    }

    /** @param only the keys of the rows that are tried; none: a sample */
    private Play.Outcome play(List<List<String>> only) throws SQLException {
        return site.database().transaction(Limits.SCAN, connection -> {
            try {
                SearchPath.of(connection, site.spec(), Side.OLD);
                return new Play(connection, site, this, new LinkedHashSet<>(), new ArrayList<>()).rehearse(only);
            } finally {
                connection.rollback();
            }
        });
    }

    private void make() throws SQLException {
        SchemaChange.run(site, Limits.DDL, connection -> {
            SearchPath.of(connection, site.spec(), Side.OLD);
            remove(connection);
            TransferSql sql = TransferSql.of(connection, site.spec(), transfer());
            Sql.run(connection, "CREATE TABLE " + copy("sample") + " LIKE " + sql.from());
            Sql.run(connection, "CREATE TABLE " + copy("old") + " LIKE " + sql.from());
            Sql.run(connection, "CREATE TABLE " + copy("new") + " LIKE " + sql.into());
            String home = Sql.value(connection, "SELECT database()").orElseThrow();
            TransferCopies.install(connection, home, site, ordinal, sql.over(copy("old"), copy("new")));
            return site;
        });
    }

    private void remove(Connection connection) throws SQLException {
        Sql.run(connection, "DROP TABLE IF EXISTS " + copy("sample") + ", " + copy("old") + ", " + copy("new"));
        String home = Sql.value(connection, "SELECT database()").orElseThrow();
        TransferCopies.removeFrom(connection, home, site, ordinal);
    }

    /**
     * What is played in one transaction.
     *
     * @param wrong collects the keys of rows that are not the same on both sides
     * @param refused collects what is wrong whatever feeds the rows
     */
    private record Play(
            Connection connection,
            Site site,
            MySqlTransferRehearsal stage,
            Set<List<String>> wrong,
            List<String> refused) {
        /**
         * @param wrong keys of the rows that are not the same on both sides
         * @param mayBeChance nothing else is wrong
         */
        record Outcome(Rehearsal.Finding finding, List<List<String>> wrong, boolean mayBeChance) {}

        Outcome rehearse(List<List<String>> only) throws SQLException {
            Transfer transfer = stage.transfer();
            Source source = Source.of(site.spec(), transfer);
            KeySql key = KeySql.of(connection, source);
            TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
            TransferSql copies = sql.over(stage.copy("old"), stage.copy("new"));
            TransferQuery query = new TransferQuery(site, source, copies, key);
            String columns = quoteAll(sql.writtenOfOld());
            String among =
                    only.isEmpty() ? "true" : only.stream().map(row -> key.at()).collect(joining(" OR "));
            TransferSql chosen = sql.withParameters();
            update(
                    "INSERT INTO " + stage.copy("sample") + " (" + columns + ") SELECT " + columns + " FROM "
                            + sql.from() + " AS old WHERE (" + among + ") AND CASE WHEN "
                            + RejectedRows.isRejected(site, source, key) + " THEN false ELSE " + chosen.where()
                            + " END LIMIT " + ROWS,
                    only.stream().flatMap(List::stream).toList());
            Map<String, Object> report = new LinkedHashMap<>();
            report.put(
                    "rows",
                    Sql.value(connection, "SELECT count(*) FROM " + stage.copy("sample"))
                            .orElse("0"));
            List<String> problems = new ArrayList<>(act(
                    query,
                    "a row inserted by the old application",
                    "INSERT INTO " + stage.copy("old") + " (" + columns + ") SELECT " + columns + " FROM "
                            + stage.copy("sample")));
            if (!transfer.down().isEmpty() && refused.isEmpty()) {
                problems.addAll(back(query, copies));
            }
            problems.addAll(act(query, "a row deleted by the old application", "DELETE FROM " + stage.copy("old")));
            problems.addAll(refused);
            return new Outcome(
                    new Rehearsal.Finding(
                            problems.stream()
                                    .map(problem -> transfer.name() + ": " + problem)
                                    .toList(),
                            report),
                    List.copyOf(wrong),
                    refused.isEmpty() && !problems.isEmpty());
        }

        private void update(String sql, List<String> values) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.size(); i++) {
                    statement.setString(i + 1, values.get(i));
                }
                statement.executeUpdate();
            }
        }

        private List<String> back(TransferQuery query, TransferSql copies) throws SQLException {
            List<String> problems = new ArrayList<>();
            List<String> values = exchangeable(copies);
            if (!values.isEmpty()) {
                problems.addAll(act(query, "a row updated by the new application", exchange(values)));
            }
            problems.addAll(act(query, "a row deleted by the new application", "DELETE FROM " + stage.copy("new")));
            String left = Sql.value(
                            connection, "SELECT count(*) FROM " + stage.copy("old") + " AS old WHERE " + copies.where())
                    .orElse("0");
            if (!left.equals("0")) {
                refused.add("rows deleted by the new application stay on the old side");
            }
            problems.addAll(act(
                    query,
                    "a row inserted by the new application",
                    "INSERT INTO " + stage.copy("new") + " ("
                            + quoteAll(stage.transfer().up().keySet()) + ") "
                            + copies.over(stage.copy("sample"), stage.copy("new"))
                                    .wanted("true")));
            return problems;
        }

        /** What comes back, but for columns with a unique index on either side: MySQL looks at these row by row. */
        private List<String> exchangeable(TransferSql copies) throws SQLException {
            List<String> uniqueThere = unique(site.spec().into(stage.transfer()));
            List<String> uniqueHere = unique(
                    stage.transfer().from().in(site.spec().place(Side.OLD).schema()));
            return copies.returning(old -> !uniqueHere.contains(old)).stream()
                    .filter(column -> !uniqueThere.contains(column))
                    .toList();
        }

        private List<String> unique(TableName table) throws SQLException {
            return Sql.rows(connection, """
                            SELECT DISTINCT column_name FROM information_schema.statistics
                            WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ?
                              AND non_unique = 0""", table.schema().orElse(""), table.table()).stream()
                    .map(row -> row.get(0))
                    .toList();
        }

        /** Every row gets the values of another one. */
        private String exchange(List<String> values) {
            List<String> as = stage.transfer().as();
            String numbered = "(SELECT n.*, row_number() OVER (ORDER BY " + quoteAll(as)
                    + ") AS turnout_n, count(*) OVER ()" + " AS turnout_all FROM " + stage.copy("new") + " AS n)";
            return "UPDATE " + stage.copy("new") + " AS changed JOIN " + numbered + " AS mine ON "
                    + as.stream()
                            .map(column -> "mine." + quote(column) + " = changed." + quote(column))
                            .collect(joining(" AND "))
                    + " JOIN " + numbered + " AS other ON other.turnout_n = mine.turnout_all + 1 - mine.turnout_n SET "
                    + values.stream()
                            .map(column -> "changed." + quote(column) + " = other." + quote(column))
                            .collect(joining(", "));
        }

        /** @return what went wrong, with samples; the statement's effects stay when nothing did */
        private List<String> act(TransferQuery query, String what, String write) throws SQLException {
            List<String> differences = new ArrayList<>();
            Refusal.of(connection, () -> {
                        Sql.statement(connection, write);
                        wrong.addAll(query.keys(connection, KeyRange.all(), ROWS));
                        query.rows(connection, KeyRange.all())
                                .samples()
                                .forEach(sample -> differences.add(what + " is not the same on both sides: " + sample));
                    })
                    .ifPresent(refusal -> refused.add(what + " is refused: " + Failure.words(refusal)));
            return differences;
        }
    }
}
