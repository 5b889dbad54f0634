package dev.turnout.worker.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** A migrated database: transactions with limits over a HikariCP pool. Thread-safe; every call blocks. */
public final class Database implements AutoCloseable {
    private final String name;
    private final HikariDataSource pool;

    private Database(String name, HikariDataSource pool) {
        this.name = name;
        this.pool = pool;
    }

    /**
     * Opens a pool and proves that the database answers.
     *
     * @param poolSize most connections at once: as many as there are threads that use it
     * @throws DatabaseUnreachable when it does not answer or refuses the login
     */
    public static Database open(ConnectionSettings settings, int poolSize) {
        return new Database(settings.name(), Pools.open(settings, poolSize));
    }

    /** The name that specs use. */
    public String name() {
        return name;
    }

    /** For libraries that open their own transactions (Flyway); everything else goes by {@link #transaction}. */
    public DataSource source() {
        return pool;
    }

    /**
     * Runs the work in one READ COMMITTED transaction under the limits; tries again, from the start, after a transient
     * failure while attempts are left. After {@link Failure#CONNECTION_LOST} the outcome of a commit is unknown, so work
     * must be such that a repetition is harmless.
     */
    public <T> T transaction(Limits limits, Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(limits, work);
            } catch (SQLException e) {
                if (attempt >= limits.attempts() || !Failure.of(e).transientLike()) {
                    throw e;
                }
            }
        }
    }

    private <T> T once(Limits limits, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                limit(connection, limits, true);
                T result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                undo(connection, e);
                throw e;
            } finally {
                giveBack(connection);
            }
        }
    }

    /** Runs statements that refuse a transaction (CREATE INDEX CONCURRENTLY), each committing alone. One attempt. */
    public <T> T alone(Limits limits, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(true);
            try {
                limit(connection, limits, false);
                return work.with(connection);
            } finally {
                limit(connection, new Limits(Duration.ZERO, Duration.ZERO, 1), false);
            }
        }
    }

    private static void limit(Connection connection, Limits limits, boolean local) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(
                "SELECT set_config('lock_timeout', ?, ?), set_config('statement_timeout', ?, ?)")) {
            set.setString(1, limits.lock().toMillis() + "ms");
            set.setBoolean(2, local);
            set.setString(3, limits.statement().toMillis() + "ms");
            set.setBoolean(4, local);
            set.execute();
        }
    }

    private static void undo(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void giveBack(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
