package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Refusal;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferCopies;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks both ways of one transfer on copies of its two tables with the very triggers: what the old application writes must
 * appear on the new side, and where there is a way back, what the new one writes on the old side. Takes everything back.
 */
record TransferRehearsal(Connection connection, Site site, int ordinal, TransferSql copies, TransferQuery query) {
    private static final String SAMPLE = "pg_temp.turnout_sample";
    private static final String OLD = "pg_temp.turnout_old_copy";
    private static final String NEW = "pg_temp.turnout_new_copy";
    private static final int ROWS = 200;

    static Rehearsal.Finding run(Site site, int ordinal) throws SQLException {
        return site.database().transaction(Limits.SCAN, connection -> {
            Savepoint before = connection.setSavepoint();
            try {
                Bookkeeping.fence(connection, site);
                SearchPath.of(connection, site.spec(), Side.OLD);
                return on(connection, site, ordinal).rehearse();
            } finally {
                connection.rollback(before);
            }
        });
    }

    private static TransferRehearsal on(Connection connection, Site site, int ordinal) throws SQLException {
        Transfer transfer = site.spec().transfers().get(ordinal);
        Source source = Source.of(site.spec(), transfer);
        KeySql key = KeySql.of(connection, source);
        TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
        Sql.run(
                connection,
                "CREATE TEMP TABLE turnout_sample ON COMMIT DROP AS SELECT old.* FROM " + sql.from()
                        + " AS old WHERE CASE WHEN " + RejectedRows.isRejected(site, source, key) + " THEN false ELSE "
                        + sql.where() + " END LIMIT " + ROWS);
        like(connection, "turnout_old_copy", sql.from());
        like(connection, "turnout_new_copy", sql.into());
        TransferSql copies = sql.over(OLD, NEW);
        TransferCopies.install(connection, site, ordinal, copies);
        return new TransferRehearsal(connection, site, ordinal, copies, new TransferQuery(site, source, copies, key));
    }

    private static void like(Connection connection, String copy, String table) throws SQLException {
        Sql.run(
                connection,
                "CREATE TEMP TABLE " + copy + " (LIKE " + table
                        + " INCLUDING ALL EXCLUDING GENERATED EXCLUDING IDENTITY) ON COMMIT DROP");
    }

    private Rehearsal.Finding rehearse() throws SQLException {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put(
                "rows", Sql.value(connection, "SELECT count(*) FROM " + SAMPLE).orElse("0"));
        List<String> old = quoted(copies.writtenOfOld());
        String columns = String.join(", ", old);
        List<String> problems = new ArrayList<>(act(
                "a row inserted by the old application",
                "INSERT INTO " + OLD + " (" + columns + ") SELECT " + columns + " FROM " + SAMPLE));
        if (!copies.transfer().down().isEmpty() && problems.isEmpty()) {
            problems.addAll(back(report));
        }
        problems.addAll(act("a row deleted by the old application", "DELETE FROM " + OLD));
        return new Rehearsal.Finding(
                problems.stream()
                        .map(problem -> copies.transfer().name() + ": " + problem)
                        .toList(),
                report);
    }

    private List<String> back(Map<String, Object> report) throws SQLException {
        List<String> problems = new ArrayList<>();
        if (!copies.returning().isEmpty()) {
            problems.addAll(act("a row updated by the new application", exchange()));
        }
        problems.addAll(act("a row deleted by the new application", "DELETE FROM " + NEW));
        String left = Sql.value(connection, "SELECT count(*) FROM " + OLD + " AS old WHERE " + copies.where())
                .orElse("0");
        if (!left.equals("0")) {
            problems.add("rows deleted by the new application stay on the old side");
        }
        problems.addAll(act(
                "a row inserted by the new application",
                "INSERT INTO " + NEW + " (" + quoteAll(copies.transfer().up().keySet()) + ") "
                        + copies.over(SAMPLE, NEW).wanted("true")));
        if (problems.isEmpty()) {
            report.put("comes back changed", lossy());
        }
        return problems;
    }

    /** Every row gets of another one what comes back. */
    private String exchange() {
        List<String> as = copies.transfer().as();
        String numbered = "(SELECT *, row_number() OVER (ORDER BY " + quoteAll(as) + ") AS turnout_n FROM " + NEW + ")";
        return "UPDATE " + NEW + " AS row SET "
                + copies.returning().stream()
                        .map(column -> quote(column) + " = other." + quote(column))
                        .collect(joining(", "))
                + " FROM " + numbered + " mine, " + numbered + " other WHERE "
                + as.stream()
                        .map(column -> "mine." + quote(column) + " = row." + quote(column))
                        .collect(joining(" AND "))
                + " AND other.turnout_n = (SELECT count(*) FROM " + NEW + ") + 1 - mine.turnout_n";
    }

    /** @return what went wrong, with samples; the statement's effects stay when nothing did */
    private List<String> act(String what, String write) throws SQLException {
        List<String> wrong = new ArrayList<>();
        Refusal.of(connection, () -> {
                    Sql.run(connection, write);
                    query.rows(connection, KeyRange.all())
                            .samples()
                            .forEach(sample -> wrong.add(what + " is not the same on both sides: " + sample));
                })
                .ifPresent(refusal -> wrong.add(what + " is refused: " + Failure.words(refusal)));
        return wrong;
    }

    private Map<String, Object> lossy() throws SQLException {
        Map<String, Object> lossy = new LinkedHashMap<>();
        String same = copies.transfer().key().stream()
                .map(key -> "s." + quote(key) + " = r." + quote(key))
                .collect(joining(" AND "));
        for (String column : copies.transfer().down().keySet()) {
            String name = quote(column) + "::text";
            List<String> counted = Sql.rows(
                            connection,
                            "SELECT count(*), min(s." + name + " || ' -> ' || r." + name + ") FROM " + SAMPLE
                                    + " s JOIN " + OLD + " r ON " + same + " WHERE s." + name + " IS DISTINCT FROM r."
                                    + name)
                    .get(0);
            lossy.put(column, Map.of("rows", counted.get(0), "example", counted.get(1)));
        }
        return lossy;
    }

    private static List<String> quoted(List<String> names) {
        return names.stream().map(name -> quote(name)).toList();
    }
}
