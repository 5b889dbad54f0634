package dev.turnout.worker.backfill;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tries the rows that are put aside again: somebody may have mended or deleted them. What fits now counts as resolved and is
 * verified like any other row from then on. Stateless and thread-safe.
 */
public final class SecondTry {
    private SecondTry() {}

    /** @return rows that are no longer put aside */
    public static int ofAll(Site site) throws SQLException {
        int resolved = 0;
        for (Source source : Source.all(site.spec())) {
            for (long id :
                    site.database().transaction(Limits.BOOKKEEPING, connection -> open(connection, site, source))) {
                resolved += of(site, source, id) ? 1 : 0;
            }
        }
        return resolved;
    }

    private static List<Long> open(Connection connection, Site site, Source source) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id FROM turnout.rejected WHERE run = ? AND table_name = ? AND resolved_at IS NULL ORDER BY id")) {
            select.setLong(1, site.run());
            select.setString(2, source.name());
            List<Long> ids = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getLong(1));
                }
            }
            return ids;
        }
    }

    private static boolean of(Site site, Source source, long id) throws SQLException {
        try {
            return site.database().transaction(Limits.BATCH, RangeUpdate.settings(site), connection -> {
                Bookkeeping.fence(connection, site);
                Lane.Road road = RangeWrites.road(connection, site, source);
                Optional<List<String>> row = lock(connection, road.key(), id);
                return row.isPresent() && write(connection, road, row.get()) && resolve(connection, id);
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
    private static Optional<List<String>> lock(Connection connection, KeySql key, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + key.fromJson("r.\"key\"")
                + " FROM turnout.rejected r WHERE r.id = ? AND r.resolved_at IS NULL FOR UPDATE")) {
            select.setLong(1, id);
            return KeySql.key(select);
        }
    }

    private static boolean write(Connection connection, Lane.Road road, List<String> row) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            if (road.write().again(connection, row)) {
                return true;
            }
            connection.rollback(before);
            return false;
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private static boolean resolve(Connection connection, long id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE turnout.rejected SET resolved_at = "
                + Dialect.of(connection).now() + " WHERE id = ?")) {
            update.setLong(1, id);
            return update.executeUpdate() == 1;
        }
    }
}
