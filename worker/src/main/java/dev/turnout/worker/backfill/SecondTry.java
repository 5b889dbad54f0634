package dev.turnout.worker.backfill;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
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
                KeySql key = KeySql.of(connection, move);
                Optional<List<String>> row = lock(connection, key, id);
                return row.isPresent() && write(connection, move, key, row.get()) && resolve(connection, id);
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

    private static boolean write(Connection connection, Move move, KeySql key, List<String> row) throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        String sql = "UPDATE " + key.table() + " SET " + KeySql.verbatim(mapping.assignments()) + " WHERE " + key.at()
                + " AND " + KeySql.verbatim(mapping.differs());
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < row.size(); i++) {
                update.setString(i + 1, row.get(i));
            }
            update.executeUpdate();
            return !quarantined(connection, mapping, key, row);
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private static boolean quarantined(Connection connection, Mapping mapping, KeySql key, List<String> row)
            throws SQLException {
        Optional<String> why = mapping.quarantine();
        if (why.isEmpty()) {
            return false;
        }
        String sql = "SELECT 1 FROM " + key.table() + " WHERE " + key.at() + " AND " + KeySql.verbatim(why.get())
                + " IS NOT NULL";
        return !Sql.rows(connection, sql, row.toArray()).isEmpty();
    }

    private static boolean resolve(Connection connection, long id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE turnout.rejected SET resolved_at = "
                + Dialect.of(connection).now() + " WHERE id = ?")) {
            update.setLong(1, id);
            return update.executeUpdate() == 1;
        }
    }
}
