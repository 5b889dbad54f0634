package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The rows of {@code turnout.changelog}: a queue. It is never read from some number on, because a row with a smaller number
 * may become visible later. Stateless and thread-safe; the caller's transaction decides.
 */
final class Changelog {
    private Changelog() {}

    /**
     * A change that is not carried yet.
     *
     * @param table empty: of the move's own table; otherwise a table that touches it
     * @param key empty: every row
     * @param fed of the old side: another row has changed than the one named; of the new side: a column that the old side
     *     feeds has been written
     * @param age real time since it was written
     */
    record Change(long seq, String table, Optional<String> key, boolean fed, Duration age) {
        /** Names one row of the move's own table. */
        boolean namesRow() {
            return table.isEmpty() && key.isPresent();
        }
    }

    /** Takes the oldest changes that nobody else has taken, until the transaction ends. */
    static List<Change> claim(Connection connection, Site site, String move, int most) throws SQLException {
        return select(connection, site, move, " ORDER BY seq LIMIT " + most + " FOR UPDATE SKIP LOCKED");
    }

    /** The oldest changes, taken or not. */
    static List<Change> pending(Connection connection, Site site, String move, int most) throws SQLException {
        return select(connection, site, move, " ORDER BY seq LIMIT " + most);
    }

    private static List<Change> select(Connection connection, Site site, String move, String end) throws SQLException {
        String age = Dialect.of(connection).mysql()
                ? "timestampdiff(MICROSECOND, at, UTC_TIMESTAMP(6)) DIV 1000"
                : "CAST(extract(epoch FROM clock_timestamp() - at) * 1000 AS bigint)";
        try (PreparedStatement select = connection.prepareStatement("SELECT seq, of_table, \"key\", fed, " + age
                + " FROM turnout.changelog WHERE run = ? AND move = ?" + end)) {
            select.setLong(1, site.run());
            select.setString(2, move);
            List<Change> changes = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    changes.add(new Change(
                            row.getLong(1),
                            row.getString(2),
                            Optional.ofNullable(row.getString(3)),
                            row.getInt(4) == 1,
                            Duration.ofMillis(Math.max(0, row.getLong(5)))));
                }
            }
            return changes;
        }
    }

    /** The changes are carried. They must have been claimed by this transaction. */
    static void done(Connection connection, Site site, String move, Collection<Change> changes) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM turnout.changelog WHERE run = ? AND move = ? AND seq = ?")) {
            for (Change change : changes) {
                delete.setLong(1, site.run());
                delete.setString(2, move);
                delete.setLong(3, change.seq());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    /** Names rows of the move's table that have to be looked at. */
    static void put(Connection connection, Site site, String move, Collection<List<String>> keys) throws SQLException {
        put(connection, site, move, keys, false);
    }

    /** @param fed see {@link Change} */
    static void put(Connection connection, Site site, String move, Collection<List<String>> keys, boolean fed)
            throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO turnout.changelog (run, move, of_table, \"key\", fed) VALUES (?, ?, '', ?, ?)")) {
            for (List<String> key : keys) {
                insert.setLong(1, site.run());
                insert.setString(2, move);
                insert.setString(3, Keys.array(List.copyOf(key)));
                insert.setInt(4, fed ? 1 : 0);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Puts a change back to the end of the queue, as old as it is. It must have been claimed by this transaction. */
    static void postpone(Connection connection, Site site, String move, Change change) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO turnout.changelog (run, move, of_table, "key", fed, at)
                SELECT run, move, of_table, "key", fed, at FROM turnout.changelog WHERE run = ? AND move = ? AND seq = ?""")) {
            insert.setLong(1, site.run());
            insert.setString(2, move);
            insert.setLong(3, change.seq());
            insert.executeUpdate();
        }
        done(connection, site, move, List.of(change));
    }

    /** How far the other side is behind: the age of the oldest change; empty: it is not. */
    static Optional<Duration> lag(Connection connection, Site site, Collection<Route> routes) throws SQLException {
        Optional<Duration> lag = Optional.empty();
        for (Route route : routes) {
            for (Change oldest : pending(connection, site, route.move(), 1)) {
                lag = Optional.of(
                        lag.filter(known -> known.compareTo(oldest.age()) > 0).orElse(oldest.age()));
            }
        }
        return lag;
    }

    /** Whether nothing of the moves' own rows is left to be carried; what other tables feed may be. */
    static boolean drained(Connection connection, Site site, Collection<Route> routes) throws SQLException {
        for (Route route : routes) {
            List<List<String>> left = Sql.rows(
                    connection,
                    "SELECT seq FROM turnout.changelog WHERE run = ? AND move = ? AND of_table = '' AND fed = 0 LIMIT 1",
                    site.run(),
                    route.move());
            if (!left.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Whether anything is left of what had been named that long ago, whichever table named it. */
    static boolean left(Connection connection, Site site, Collection<Route> routes, Duration ago) throws SQLException {
        String then = Dialect.of(connection).nowPlusMillis("-" + ago.toMillis());
        for (Route route : routes) {
            List<List<String>> left = Sql.rows(
                    connection,
                    "SELECT seq FROM turnout.changelog WHERE run = ? AND move = ? AND at <= " + then + " LIMIT 1",
                    site.run(),
                    route.move());
            if (!left.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    static void forget(Connection connection, Site site, String move) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM turnout.changelog WHERE run = ? AND move = ?")) {
            delete.setLong(1, site.run());
            delete.setString(2, move);
            delete.executeUpdate();
        }
    }
}
