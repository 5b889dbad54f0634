package dev.turnout.worker.bookkeeping;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What was done to the schema and what came of it, for operators to read; {@link Steps} is what the engine goes by. Each is
 * written in the transaction that does it, where there is one for DDL. Stateless and thread-safe.
 */
public final class SchemaLog {
    /** So many of a run are told; a migration has a few dozen. */
    private static final int TOLD = 200;

    private static final String OPEN = " FROM turnout.ddl WHERE run = ? AND phase = ? AND ordinal = ? AND title = ?"
            + " AND undone = ? AND state IN ('BEGUN', 'FAILED')";

    private SchemaLog() {}

    /**
     * What is done.
     *
     * @param ordinal among those of the phase
     * @param undo it is taken back
     */
    public record What(Phase phase, int ordinal, String title, boolean undo) {}

    public enum State {
        /** Or a worker died meanwhile; it will be tried again. */
        BEGUN,
        /** Likewise. */
        FAILED,
        APPLIED,
        /** It was there before the run. */
        ADOPTED,
        /** Begun, and then taken back. */
        CUT
    }

    /**
     * A line of the log.
     *
     * @param at business time of its begin
     * @param failures attempts that failed before
     * @param took real time, with its wait for locks; empty: it is not done, or nothing had to be
     * @param message of the last failure
     */
    public record Line(
            String database,
            What what,
            State state,
            int failures,
            String message,
            Instant at,
            Optional<Duration> took) {}

    /** To be called before the change; harmless when an attempt before this one has done it already. */
    public static void begun(Connection connection, Site site, What what) throws SQLException {
        Optional<Open> open = open(connection, site, what);
        if (open.isEmpty()) {
            insert(connection, site, what, State.BEGUN, "");
        } else if (open.get().failed()) {
            Dialect dialect = Dialect.of(connection);
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE turnout.ddl SET state = 'BEGUN', at = ?, begun_at = " + dialect.now() + " WHERE id = ?")) {
                update.setObject(1, dialect.moment(site.clock().instant()));
                update.setLong(2, open.get().id());
                update.executeUpdate();
            }
        }
    }

    /** To be called after it, in its transaction. What was not begun has taken no time: it was there. */
    static void ended(Connection connection, Site site, What what, State state) throws SQLException {
        Optional<Open> open = open(connection, site, what);
        if (open.isEmpty()) {
            insert(connection, site, what, state, "");
            return;
        }
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE turnout.ddl SET state = ?, took_ms = ? WHERE id = ?")) {
            update.setString(1, state.name());
            update.setLong(2, Math.max(0, open.get().since().toMillis()));
            update.setLong(3, open.get().id());
            update.executeUpdate();
        }
    }

    /** {@link #ended} of what was applied. */
    public static void applied(Connection connection, Site site, What what) throws SQLException {
        ended(connection, site, what, State.APPLIED);
    }

    /** In a transaction of its own, for that of the change is gone. */
    static void failed(Site site, What what, SQLException e) throws SQLException {
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            begun(connection, site, what);
            Open open = open(connection, site, what).orElseThrow();
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE turnout.ddl SET state = 'FAILED', failures = failures + 1, message = ? WHERE id = ?")) {
                update.setString(1, Failure.words(e));
                update.setLong(2, open.id());
                return update.executeUpdate();
            }
        });
    }

    /** Of something that was begun and is taken back instead of finished. */
    static void cut(Connection connection, Site site, What what) throws SQLException {
        Optional<Open> open = open(connection, site, what);
        if (open.isPresent()) {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE turnout.ddl SET state = 'CUT' WHERE id = ?")) {
                update.setLong(1, open.get().id());
                update.executeUpdate();
            }
        }
    }

    private record Open(long id, boolean failed, Duration since) {}

    private static Optional<Open> open(Connection connection, Site site, What what) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, state, begun_at, " + dialect.now() + OPEN)) {
            select.setLong(1, site.run());
            select.setString(2, what.phase().name());
            select.setInt(3, what.ordinal());
            select.setString(4, what.title());
            select.setInt(5, what.undo() ? 1 : 0);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Open(
                                row.getLong(1),
                                row.getString(2).equals(State.FAILED.name()),
                                Duration.between(dialect.moment(row, 3), dialect.moment(row, 4))))
                        : Optional.empty();
            }
        }
    }

    private static void insert(Connection connection, Site site, What what, State state, String message)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                INSERT INTO turnout.ddl (run, phase, ordinal, title, undone, state, message, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""")) {
            insert.setLong(1, site.run());
            insert.setString(2, what.phase().name());
            insert.setInt(3, what.ordinal());
            insert.setString(4, what.title());
            insert.setInt(5, what.undo() ? 1 : 0);
            insert.setString(6, state.name());
            insert.setString(7, message);
            insert.setObject(8, Dialect.of(connection).moment(site.clock().instant()));
            insert.executeUpdate();
        }
    }

    /** The newest of both sides, the oldest of them first. */
    public static List<Line> newest(Site site) throws SQLException {
        List<Line> lines = new ArrayList<>();
        for (Side side : site.target().isPresent() ? Side.values() : new Side[] {Side.OLD}) {
            lines.addAll(site.database(side)
                    .transaction(
                            Limits.BOOKKEEPING,
                            connection ->
                                    newest(connection, site, site.database(side).name())));
        }
        lines.sort(Comparator.comparing(Line::at));
        return lines.subList(Math.max(0, lines.size() - TOLD), lines.size());
    }

    private static List<Line> newest(Connection connection, Site site, String database) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT phase, ordinal, title, undone, state, failures, message, at, took_ms FROM turnout.ddl"
                        + " WHERE run = ? ORDER BY id DESC LIMIT " + TOLD)) {
            select.setLong(1, site.run());
            List<Line> lines = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long tookMs = row.getLong(9);
                    Optional<Duration> took = row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(tookMs));
                    What what = new What(
                            Phase.valueOf(row.getString(1)), row.getInt(2), row.getString(3), row.getInt(4) == 1);
                    lines.add(
                            0,
                            new Line(
                                    database,
                                    what,
                                    State.valueOf(row.getString(5)),
                                    row.getInt(6),
                                    row.getString(7),
                                    dialect.moment(row, 8),
                                    took));
                }
            }
            return lines;
        }
    }
}
