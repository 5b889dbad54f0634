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

    /** @param at business time before the verification began to read */
    public static void verified(Connection connection, Chunk chunk, Instant at, long mismatches) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE turnout.chunk SET verified_at = ?, mismatches = ? WHERE id = ?")) {
            update.setObject(1, Dialect.of(connection).moment(at));
            update.setLong(2, mismatches);
            update.setLong(3, chunk.id());
            update.executeUpdate();
        }
    }
}
