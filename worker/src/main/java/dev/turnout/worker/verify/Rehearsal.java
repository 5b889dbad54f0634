package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.migration.Move;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Refusal;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks the way back before the way forward opens: on a scratch copy with the very triggers it writes sampled rows as the
 * new application will, and as the old one does, and expects both sides to agree. Takes everything back, whatever happens.
 * Stateless and thread-safe.
 */
public final class Rehearsal implements PhaseWork {
    private static final String SAMPLE = "turnout_sample";
    private static final String STAGE = "turnout_rehearsal";
    private static final int ROWS = 200;

    @Override
    public Stride stride(Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        Map<String, Object> report = new LinkedHashMap<>();
        for (int ordinal = 0; ordinal < site.spec().moves().size(); ordinal++) {
            int move = ordinal;
            Finding finding =
                    site.database().dialect().mysql() ? new MySqlRehearsal(site, move).run() : rehearse(site, move);
            problems.addAll(finding.problems());
            report.put(site.spec().moves().get(ordinal).table(), finding.report());
        }
        for (int ordinal = 0; ordinal < site.spec().transfers().size(); ordinal++) {
            Transfer transfer = site.spec().transfers().get(ordinal);
            if (!site.spec().remote(transfer)) {
                Finding finding = site.database().dialect().mysql()
                        ? new MySqlTransferRehearsal(site, ordinal).run()
                        : TransferRehearsal.run(site, ordinal);
                problems.addAll(finding.problems());
                report.put(transfer.name(), finding.report());
            }
        }
        return problems.isEmpty()
                ? new Stride.Done(
                        site.spec().additive()
                                ? "nothing was moved, so there is nothing to bring back"
                                : "the way back works: what the new application writes reaches the old side",
                        report)
                : new Stride.Stop(
                        "the way back does not work",
                        problems,
                        "mend the down of the columns named, then start a new run: nothing was switched yet");
    }

    record Finding(List<String> problems, Map<String, Object> report) {}

    private static Finding rehearse(Site site, int ordinal) throws SQLException {
        return site.database().transaction(Limits.SCAN, connection -> {
            Savepoint before = connection.setSavepoint();
            try {
                return rehearse(connection, site, ordinal);
            } finally {
                connection.rollback(before);
            }
        });
    }

    private static Finding rehearse(Connection connection, Site site, int ordinal) throws SQLException {
        Bookkeeping.fence(connection, site);
        Move move = site.spec().moves().get(ordinal);
        sample(connection, site, move);
        Sql.run(
                connection,
                "CREATE TEMP TABLE " + STAGE + " (LIKE " + quote(move.table())
                        + " INCLUDING ALL EXCLUDING GENERATED EXCLUDING IDENTITY) ON COMMIT DROP");
        SyncTriggers.onCopy(connection, site, ordinal, STAGE);
        DifferenceQuery query = new DifferenceQuery(site, Mapping.of(connection, move), KeySql.of(connection, move));
        List<String> problems = new ArrayList<>();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put(
                "rows", Sql.value(connection, "SELECT count(*) FROM " + SAMPLE).orElse("0"));

        problems.addAll(act(connection, query, "a row inserted by the new application", asNew(connection, move)));
        if (problems.isEmpty()) {
            report.put("comes back changed", lossy(connection, move));
            // Without a way back the new application writes what follows from the old columns or nothing.
            if (!move.down().isEmpty()) {
                problems.addAll(act(connection, query, "a row updated by the new application", swap(move)));
            }
        }
        Sql.run(connection, "DELETE FROM pg_temp." + STAGE);
        problems.addAll(act(connection, query, "a row inserted by the old application", asOld(connection, move)));
        return new Finding(
                problems.stream().map(problem -> move.table() + ": " + problem).toList(), report);
    }

    /** Rows that are right now, from all over the table. */
    private static void sample(Connection connection, Site site, Move move) throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        String right = " WHERE CASE WHEN " + RejectedRows.isRejected(site, move, KeySql.of(connection, move))
                + " THEN false ELSE NOT " + mapping.differs() + " END";
        String share = Sql.value(
                        connection,
                        "SELECT least(100, greatest(0.01, 100.0 * 5 * " + ROWS
                                + " / greatest(1, reltuples))) FROM pg_class WHERE oid = CAST("
                                + literal(quote(move.table())) + " AS regclass)")
                .orElse("100");
        Sql.run(
                connection,
                "CREATE TEMP TABLE " + SAMPLE + " ON COMMIT DROP AS SELECT old.* FROM " + mapping.tableAsOld()
                        + " TABLESAMPLE SYSTEM (" + share + ")" + right + " LIMIT " + ROWS);
    }

    /** @return what went wrong, with samples; the statement's effects stay when nothing did */
    private static List<String> act(Connection connection, DifferenceQuery query, String what, String write)
            throws SQLException {
        List<String> wrong = new ArrayList<>();
        Refusal.of(connection, () -> {
                    Sql.run(connection, write);
                    query.run(connection, "pg_temp." + STAGE + " AS old", KeyRange.all())
                            .samples()
                            .forEach(sample -> wrong.add(what + " is not the same on both sides: " + sample));
                })
                .ifPresent(refusal -> wrong.add(what + " is refused: " + refusal.getMessage()));
        return wrong;
    }

    private static String asNew(Connection connection, Move move) throws SQLException {
        return insertWithout(connection, move.down().keySet());
    }

    private static String asOld(Connection connection, Move move) throws SQLException {
        return insertWithout(connection, move.up().keySet());
    }

    private static String insertWithout(Connection connection, Collection<String> left) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (List<String> row : Sql.rows(connection, """
                SELECT attname FROM pg_attribute
                WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum""", "pg_temp." + STAGE)) {
            if (!left.contains(row.get(0))) {
                columns.add(row.get(0));
            }
        }
        return "INSERT INTO pg_temp." + STAGE + " (" + quoteAll(columns) + ") SELECT " + quoteAll(columns)
                + " FROM pg_temp." + SAMPLE;
    }

    /** Every row gets the new values of another one. */
    private static String swap(Move move) {
        String key = quoteAll(move.key());
        List<String> sets = new ArrayList<>();
        List<String> same = new ArrayList<>();
        move.up().keySet().forEach(column -> sets.add(quote(column) + " = other." + quote(column)));
        move.key().forEach(column -> same.add("mine." + quote(column) + " = row." + quote(column)));
        String numbered =
                "(SELECT *, row_number() OVER (ORDER BY " + key + ") AS turnout_n FROM pg_temp." + SAMPLE + ")";
        return "UPDATE pg_temp." + STAGE + " AS row SET " + String.join(", ", sets) + " FROM " + numbered + " mine, "
                + numbered + " other WHERE " + String.join(" AND ", same)
                + " AND other.turnout_n = (SELECT count(*) FROM pg_temp." + SAMPLE + ") + 1 - mine.turnout_n";
    }

    /** Old values that say more than the new ones can: how many rows would come back with another one, with an example. */
    private static Map<String, Object> lossy(Connection connection, Move move) throws SQLException {
        Map<String, Object> lossy = new LinkedHashMap<>();
        String same = String.join(
                " AND ",
                move.key().stream()
                        .map(key -> "s." + quote(key) + " = r." + quote(key))
                        .toList());
        for (String column : move.down().keySet()) {
            String name = quote(column) + "::text";
            List<String> counted = Sql.rows(
                            connection,
                            "SELECT count(*), min(s." + name + " || ' -> ' || r." + name + ") FROM pg_temp." + SAMPLE
                                    + " s JOIN pg_temp." + STAGE + " r ON " + same + " WHERE s." + name
                                    + " IS DISTINCT FROM r." + name)
                    .get(0);
            lossy.put(column, Map.of("rows", counted.get(0), "example", counted.get(1)));
        }
        return lossy;
    }
}
