package dev.turnout.worker.backfill;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The last look: one snapshot of the whole table, so that no row can move from a part not yet read to one already read. A
 * row whose key was changed while it was not done yet may be found here. Stateless and thread-safe.
 */
final class Sweep {
    private Sweep() {}

    /** Rows that are neither done nor put aside; locks nothing. */
    static long left(Site site, Source source) throws SQLException {
        return site.database().transaction(Limits.SCAN, connection -> {
            KeySql key = KeySql.of(connection, source);
            return count(connection, site, source, key, KeyRange.all());
        });
    }

    /** Opens the chunks again in which such rows stand. */
    static void reopen(Site site, Source source) throws SQLException {
        site.database().transaction(Limits.SCAN, connection -> {
            Bookkeeping.fence(connection, site);
            KeySql key = KeySql.of(connection, source);
            for (Chunk chunk : Chunks.all(connection, site, source.name())) {
                if (count(connection, site, source, key, chunk.range()) > 0) {
                    Chunks.reopen(connection, chunk);
                }
            }
            return source;
        });
    }

    private static long count(Connection connection, Site site, Source source, KeySql key, KeyRange range)
            throws SQLException {
        // CASE, not AND: the mapping may raise on the very rows that are put aside, and AND promises no order.
        String sql = "SELECT count(*) FROM " + key.table() + " WHERE " + key.within(range) + " AND CASE WHEN "
                + RejectedRows.isRejected(site, source, key) + " THEN false ELSE "
                + RangeWrites.road(connection, site, source).write().undone()
                + " END";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            key.bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
