package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the triggers of a move should stand on a side: its row of {@code turnout.flow}. Immutable; the caller's transaction
 * decides.
 *
 * @param state OPEN or CLOSED to applications
 * @param hash of the triggers, as the catalogue had them
 * @param since when it was recorded, by the server's clock: as it stands now it may have stood before
 * @param longAgo that is longer ago than triggers take to change, with all waits for locks
 */
record Recorded(String state, String hash, String since, boolean longAgo) {
    /** The hash while they change: how they should stand cannot be said then. */
    private static final String CHANGING = "";

    private static final Duration LONGEST_CHANGE = Duration.ofMinutes(1);

    /** Somebody has begun to change the triggers, and has not ended. */
    boolean changing() {
        return hash.equals(CHANGING);
    }

    /** Whoever has begun to change them is gone. */
    boolean stuck() {
        return changing() && longAgo;
    }

    static Optional<Recorded> of(Connection connection, Site site, Route route) throws SQLException {
        String bound = Dialect.of(connection).nowPlusMillis("-" + LONGEST_CHANGE.toMillis());
        return Sql.rows(
                        connection,
                        "SELECT state, hash, since, CASE WHEN since < " + bound
                                + " THEN 1 ELSE 0 END FROM turnout.flow WHERE run = ? AND move = ?",
                        site.run(),
                        route.move())
                .stream()
                .findFirst()
                .map(row -> new Recorded(
                        row.get(0), row.get(1), row.get(2), row.get(3).equals("1")));
    }

    static void put(Connection connection, Site site, Route route, String state, String hash) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        String again = dialect.upsert("turnout.flow", List.of("run", "move"), List.of("state", "hash", "since"));
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO turnout.flow (run, move, state, hash, since) VALUES (?, ?, ?, ?, " + dialect.now() + ")"
                        + again)) {
            insert.setLong(1, site.run());
            insert.setString(2, route.move());
            insert.setString(3, state);
            insert.setString(4, hash);
            insert.executeUpdate();
        }
    }

    /** To be committed before the first trigger changes: whoever looks at them meanwhile finds it. */
    static void changing(Connection connection, Site site, Route route) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE turnout.flow SET hash = ?, since = "
                + Dialect.of(connection).now() + " WHERE run = ? AND move = ?")) {
            update.setString(1, CHANGING);
            update.setLong(2, site.run());
            update.setString(3, route.move());
            update.executeUpdate();
        }
    }

    static void forget(Connection connection, Site site, Route route) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM turnout.flow WHERE run = ? AND move = ?")) {
            delete.setLong(1, site.run());
            delete.setString(2, route.move());
            delete.executeUpdate();
        }
    }
}
