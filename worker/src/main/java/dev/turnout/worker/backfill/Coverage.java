package dev.turnout.worker.backfill;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * What the verifications of the chunks of a run come to. Immutable; the caller's transaction decides.
 *
 * @param right chunks whose newest verification found no mismatch
 * @param from business time since which every row has been verified and found right; empty when not every one was
 */
public record Coverage(long chunks, long right, long mismatches, Optional<Instant> from) {
    /** What the verifications of all chunks come to. */
    public static Coverage of(Connection connection, Site site) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT count(*), count(CASE WHEN verified_at IS NOT NULL AND mismatches = 0 THEN 1 END),
                       coalesce(sum(mismatches), 0), min(verified_at)
                FROM turnout.chunk WHERE run = ?""")) {
            select.setLong(1, site.run());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                boolean whole = row.getLong(1) > 0 && row.getLong(1) == row.getLong(2);
                return new Coverage(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        whole ? Optional.of(Dialect.of(connection).moment(row, 4)) : Optional.empty());
            }
        }
    }

    /** A chunk that was never verified, else the one verified longest ago; empty when none is planned. */
    public static Optional<Chunk> stalest(Connection connection, Site site) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + Chunks.COLUMNS
                + " FROM turnout.chunk WHERE run = ? ORDER BY verified_at IS NOT NULL, verified_at, id LIMIT 1")) {
            select.setLong(1, site.run());
            return Chunks.chunks(select).stream().findFirst();
        }
    }

    /** The first chunk whose rows were not all found right yet. */
    public static Optional<Chunk> unproven(Connection connection, Site site) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + Chunks.COLUMNS
                        + " FROM turnout.chunk WHERE run = ? AND (verified_at IS NULL OR mismatches > 0) ORDER BY id LIMIT 1")) {
            select.setLong(1, site.run());
            return Chunks.chunks(select).stream().findFirst();
        }
    }

    /**
     * A chunk whose newest verification did not know of the demand yet; empty: all did.
     *
     * @param table or transfer; empty: any
     * @param after the chunk of that number has its turn last: one that could not be decided keeps no other waiting
     */
    public static Optional<Chunk> due(Connection connection, Site site, long demand, Optional<String> table, long after)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + Chunks.COLUMNS
                + " FROM turnout.chunk WHERE run = ? AND demand < ? AND table_name = coalesce(?, table_name)"
                + " ORDER BY CASE WHEN id > ? THEN 0 ELSE 1 END, id LIMIT 1")) {
            select.setLong(1, site.run());
            select.setLong(2, demand);
            select.setString(3, table.orElse(null));
            select.setLong(4, after);
            return Chunks.chunks(select).stream().findFirst();
        }
    }

    /**
     * How far a demand is met.
     *
     * @param done chunks that were verified since it was known
     * @param differences that were found in them
     */
    public record Since(long chunks, long done, long differences) {}

    public static Since since(Connection connection, Site site, long demand, Optional<String> table)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT count(*), count(CASE WHEN demand >= ? THEN 1 END),
                       coalesce(sum(CASE WHEN demand >= ? THEN mismatches END), 0)
                FROM turnout.chunk WHERE run = ? AND table_name = coalesce(?, table_name)""")) {
            select.setLong(1, demand);
            select.setLong(2, demand);
            select.setLong(3, site.run());
            select.setString(4, table.orElse(null));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Since(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    /**
     * @param at business time before the verification began to read
     * @param demand the newest that was known before that; 0: none
     */
    public static void verified(Connection connection, Chunk chunk, Instant at, long mismatches, long demand)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE turnout.chunk SET verified_at = ?, mismatches = ?, demand = greatest(demand, ?) WHERE id = ?")) {
            update.setObject(1, Dialect.of(connection).moment(at));
            update.setLong(2, mismatches);
            update.setLong(3, demand);
            update.setLong(4, chunk.id());
            update.executeUpdate();
        }
    }
}
