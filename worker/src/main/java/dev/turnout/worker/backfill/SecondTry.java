package dev.turnout.worker.backfill;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.throttle.Gauge;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries the rows that are put aside again: somebody may have mended or deleted them. What fits now counts as resolved and is
 * verified like any other row from then on. Stateless and thread-safe.
 */
public final class SecondTry {
    private SecondTry() {}

    /** @return rows that are no longer put aside */
    public static int ofAll(Site site) throws SQLException {
        int resolved = 0;
        for (Move move : site.spec().moves()) {
            for (long id :
                    site.database().transaction(Limits.BOOKKEEPING, connection -> open(connection, site, move))) {
                resolved += of(site, move, id) ? 1 : 0;
            }
        }
        return resolved;
    }

    private static List<Long> open(Connection connection, Site site, Move move) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id FROM turnout.rejected WHERE run = ? AND table_name = ? AND resolved_at IS NULL ORDER BY id")) {
            select.setLong(1, site.run());
            select.setString(2, move.table());
            List<Long> ids = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getLong(1));
                }
            }
            return ids;
        }
    }

    private static boolean of(Site site, Move move, long id) throws SQLException {
        try {
            return site.database().transaction(Limits.BATCH, connection -> {
                Bookkeeping.fence(connection, site);
                RangeUpdate.prepare(connection, Gauge.APPLICATION_NAME);
                return lock(connection, id) && write(connection, move, id) && resolve(connection, id);
            });
        } catch (SQLException e) {
            if (Failure.of(e).transientLike() && Failure.of(e) != Failure.CONNECTION_LOST) {
                // An application is at the row just now: there will be another try.
                return false;
            }
            throw e;
        }
    }

    /** A write that fails now puts the row aside anew, and waits for us with it: it cannot be resolved unseen. */
    private static boolean lock(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT 1 FROM turnout.rejected WHERE id = ? AND resolved_at IS NULL FOR UPDATE")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private static boolean write(Connection connection, Move move, long id) throws SQLException {
        Mapping mapping = new Mapping(move);
        KeySql key = KeySql.of(connection, move);
        String sql = "UPDATE " + mapping.tableAsOld() + " SET " + KeySql.verbatim(mapping.assignments()) + " WHERE "
                + key.isOfRejected() + " AND " + KeySql.verbatim(mapping.differs());
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 1; i <= move.key().size(); i++) {
                update.setLong(i, id);
            }
            update.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private static boolean resolve(Connection connection, long id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE turnout.rejected SET resolved_at = clock_timestamp() WHERE id = ?")) {
            update.setLong(1, id);
            return update.executeUpdate() == 1;
        }
    }
}
