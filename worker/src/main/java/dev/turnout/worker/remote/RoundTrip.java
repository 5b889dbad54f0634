package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Side;
import dev.turnout.migration.TableName;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a move on their way to the new side and back: on scratch tables of both servers, which only the two connections see
 * and which are gone afterwards. Not thread-safe.
 *
 * @param there from the old table to the new one, and over the scratch tables
 * @param back the other way
 */
record RoundTrip(Connection old, Connection fresh, Leg there, Leg back) {
    private static final TableName OLD = TableName.of("turnout_old_copy");
    private static final TableName NEW = TableName.of("turnout_new_copy");
    /** They are taken from so many places of the table. */
    private static final int PLACES = 10;

    private static final int ROWS_PER_PLACE = 20;

    /** A direction, over the tables themselves and over their copies. */
    record Leg(Ferry real, Ferry copies) {}

    @FunctionalInterface
    interface Trip<T> {
        T with(RoundTrip trip) throws SQLException;
    }

    /**
     * From one snapshot of the old side: what feeds its rows is live, and a lookup that changed in between would look like a
     * way back that does not work.
     *
     * @param route of a move that has a way back
     */
    static <T> T of(Site site, Route route, Trip<T> what) throws SQLException {
        return site.database(Side.OLD)
                .writingOnSnapshot(Limits.SCAN, old -> site.database(Side.NEW).transaction(Limits.SCAN, fresh -> {
                    SearchPath.of(old, site.spec(), Side.OLD);
                    SearchPath.of(fresh, site.spec(), Side.NEW);
                    try {
                        copy(old, route.from(), OLD);
                        copy(fresh, route.into(), NEW);
                        Ferry there = Ferry.of(old, fresh, route);
                        Ferry back = Ferry.of(fresh, old, route.back().orElseThrow());
                        return what.with(new RoundTrip(
                                old, fresh, new Leg(there, there.over(OLD, NEW)), new Leg(back, back.over(NEW, OLD))));
                    } finally {
                        drop(old, OLD);
                        drop(fresh, NEW);
                    }
                }));
    }

    private static void copy(Connection connection, TableName table, TableName copy) throws SQLException {
        drop(connection, copy);
        Sql.run(
                connection,
                Dialect.of(connection).mysql()
                        ? "CREATE TEMPORARY TABLE " + quote(copy.table()) + " LIKE " + Route.quoted(table)
                        : "CREATE TEMP TABLE " + quote(copy.table()) + " (LIKE " + Route.quoted(table)
                                + " INCLUDING ALL EXCLUDING GENERATED EXCLUDING IDENTITY) ON COMMIT DROP");
    }

    /** Of PostgreSQL it goes with the transaction. */
    private static void drop(Connection connection, TableName copy) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            Sql.run(connection, "DROP TEMPORARY TABLE IF EXISTS " + quote(copy.table()));
        }
    }

    /** Rows that can be carried, from all over the table where it is cut into chunks, and put into the copy of the new one. */
    List<Ferry.Wanted> sample(Site site) throws SQLException {
        List<KeyRange> places = new ArrayList<>();
        List<Chunk> chunks = Chunks.all(old, site, there.real().route().move());
        for (int i = 0; i < chunks.size(); i += Math.max(1, chunks.size() / PLACES)) {
            places.add(chunks.get(i).range());
        }
        List<Ferry.Wanted> rows = new ArrayList<>();
        int each = ROWS_PER_PLACE;
        if (places.isEmpty()) {
            places.add(KeyRange.all());
            each *= PLACES;
        }
        for (KeyRange place : places) {
            rows.addAll(there.real().good(carriable(there.real().source().keys(old, place, each))));
        }
        there.copies().upsert(fresh, rows);
        return rows;
    }

    /** A row on which the mapping raises is put aside, and has no way. */
    private List<SourceTable.Row> carriable(List<List<String>> keys) throws SQLException {
        Savepoint before = old.setSavepoint();
        try {
            List<SourceTable.Row> rows = there.real().source().wanted(old, keys);
            old.releaseSavepoint(before);
            return rows;
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            old.rollback(before);
        }
        if (keys.size() == 1) {
            return List.of();
        }
        List<SourceTable.Row> rows = new ArrayList<>();
        for (List<String> key : keys) {
            rows.addAll(carriable(List.of(key)));
        }
        return rows;
    }

    /** By what the new side tells its rows. */
    List<List<String>> held(List<Ferry.Wanted> rows) {
        return rows.stream()
                .flatMap(row -> there.real().counterpart().held(row.key()).stream())
                .toList();
    }

    /** What the copy of the new table says that must stand on the old side. */
    Ferry.Delta told(List<Ferry.Wanted> rows) throws SQLException {
        return back.copies().delta(fresh, old, held(rows));
    }
}
