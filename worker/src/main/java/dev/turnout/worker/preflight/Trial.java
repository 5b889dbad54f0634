package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.worker.analyze.Lossiness;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Moves a sample of each table's rows in the scratch schema, to say beforehand what the triggers will cost, how long the
 * backfill may take and what the way back would lose. A second or so for each table, taken back as a whole; what cannot be
 * measured is said and stops nothing. Belongs to one thread.
 */
record Trial(Connection connection, Database database, Spec spec, Findings.Notes notes, String scratch) {
    private static final int ROWS = 1_000;
    private static final int ROUNDS = 3;
    private static final String PLAIN = "turnout_plain";
    private static final String SYNCED = "turnout_synced";

    void run() throws SQLException {
        Sql.run(connection, "SET LOCAL statement_timeout = '5s'");
        for (int ordinal = 0; ordinal < spec.moves().size(); ordinal++) {
            Move move = spec.moves().get(ordinal);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("table", move.table());
            List<String> waitsFor = spec.before().getOrDefault(move.table(), Set.of()).stream()
                    .sorted()
                    .toList();
            if (waitsFor.isEmpty()) {
                measure(move, ordinal, facts);
            } else {
                facts.put("measured", false);
                facts.put("because", "its up reads what the move of " + String.join(", ", waitsFor) + " makes");
            }
            notes.trial(facts);
        }
    }

    private void measure(Move move, int ordinal, Map<String, Object> facts) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            Sql.run(connection, "CREATE SCHEMA IF NOT EXISTS turnout");
            int rows = fill(move);
            facts.put("sampledRows", rows);
            if (rows > 0) {
                facts.put("lossiness", Lossiness.measure(connection, move));
                facts.put("triggerCost", triggerCost(move, ordinal, rows));
                facts.put("backfill", backfill(move, rows));
            }
            facts.put("measured", rows > 0);
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.CONNECTION_LOST) {
                throw e;
            }
            facts.put("measured", false);
            facts.put("because", Failure.words(e));
        }
        connection.rollback(before);
    }

    /** From all over the table into its empty copy, which stands in front of it in the search path. */
    private int fill(Move move) throws SQLException {
        String columns = quoteAll(columns(move, List.of()));
        String share = "least(100, greatest(0.01, 100.0 * 5 * " + ROWS + " / greatest(1, reltuples)))";
        List<String> live = Sql.rows(connection, """
                        SELECT n.nspname, %s FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relname = ? AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> ?
                        ORDER BY array_position(current_schemas(false), n.nspname) LIMIT 1""".formatted(share), move.table(), scratch)
                .get(0);
        return update("INSERT INTO " + quote(scratch) + "." + quote(move.table()) + " (" + columns
                + ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM " + quote(live.get(0)) + "."
                + quote(move.table())
                + " TABLESAMPLE SYSTEM (" + live.get(1) + ") LIMIT " + ROWS);
    }

    /** Of the live table: without generated columns and those that are left out. */
    private List<String> columns(Move move, List<String> left) throws SQLException {
        return Sql.rows(connection, """
                        SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                        JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relname = ? AND n.nspname = (
                            SELECT m.nspname FROM pg_class d JOIN pg_namespace m ON m.oid = d.relnamespace
                            WHERE d.relname = c.relname AND m.nspname = ANY (current_schemas(false)) AND m.nspname <> ?
                            ORDER BY array_position(current_schemas(false), m.nspname) LIMIT 1)
                          AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum""", move.table(), scratch).stream()
                .map(row -> row.get(0))
                .filter(column -> !left.contains(column))
                .toList();
    }

    /** The old application inserts: the triggers derive every new column. */
    private Map<String, Object> triggerCost(Move move, int ordinal, int rows) throws SQLException {
        for (String copy : List.of(PLAIN, SYNCED)) {
            Sql.run(
                    connection,
                    "CREATE TABLE %1$s.%2$s (LIKE %1$s.%3$s INCLUDING ALL EXCLUDING IDENTITY)"
                            .formatted(quote(scratch), quote(copy), quote(move.table())));
        }
        // No run has this number, so nothing of a run is replaced; and all of it is taken back.
        Site site = new Site(spec, 0, 0, 0, "preflight", database, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        SyncTriggers.onCopy(connection, site, ordinal, SYNCED);
        String columns = quoteAll(columns(move, List.copyOf(move.up().keySet())));
        long[] plain = new long[ROUNDS];
        long[] synced = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            plain[round] = insert(move, PLAIN, columns);
            synced[round] = insert(move, SYNCED, columns);
        }
        Sql.run(connection, "DROP TABLE %1$s.%2$s, %1$s.%3$s".formatted(quote(scratch), quote(PLAIN), quote(SYNCED)));
        double without = median(plain) / 1e3 / rows;
        double with = median(synced) / 1e3 / rows;
        Map<String, Object> cost = new LinkedHashMap<>();
        cost.put("percent", Math.round(100 * (with - without) / Math.max(without, 0.01)));
        cost.put("plainMicrosPerRow", Math.round(without * 10) / 10.0);
        cost.put("syncedMicrosPerRow", Math.round(with * 10) / 10.0);
        cost.put(
                "how",
                "one INSERT of " + rows
                        + " sampled rows into a copy of the table, with its indexes, with and without the"
                        + " triggers, median of " + ROUNDS
                        + "; of a single-row transaction it is less, which also waits for"
                        + " its commit");
        return cost;
    }

    private long insert(Move move, String copy, String columns) throws SQLException {
        Sql.run(connection, "TRUNCATE " + quote(scratch) + "." + quote(copy));
        long begun = System.nanoTime();
        update("INSERT INTO %1$s.%2$s (%3$s) SELECT %3$s FROM %1$s.%4$s"
                .formatted(quote(scratch), quote(copy), columns, quote(move.table())));
        return System.nanoTime() - begun;
    }

    /** A range: at best every lane is as fast as this one here; a loaded server may well be four times slower. */
    private Map<String, Object> backfill(Move move, int rows) throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        long begun = System.nanoTime();
        update("UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments());
        double seconds = (System.nanoTime() - begun) / 1e9;
        long all = Long.parseLong(
                Sql.rows(connection, """
                        SELECT greatest(max(c.reltuples), ?)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE c.relname = ? AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> ?""", rows, move.table(), scratch).get(0).get(0));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("estimatedRows", all);
        facts.put(
                "secondsFrom",
                Math.round(seconds * all / rows / spec.backfill().lanes().orElse(2)));
        facts.put("secondsTo", (long) Math.ceil(seconds * all / rows * 4));
        facts.put("how", "by an UPDATE of the sampled rows: every lane as fast, to one lane four times slower");
        return facts;
    }

    private int update(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            return statement.executeUpdate(sql);
        }
    }

    private static double median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
