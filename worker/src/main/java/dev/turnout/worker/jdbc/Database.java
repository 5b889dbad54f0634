package dev.turnout.worker.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** A migrated database: transactions with limits over a HikariCP pool. Thread-safe; every call blocks. */
public final class Database implements AutoCloseable {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(20);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);
    /** A pool has a connection per thread, so whoever waits this long waits for a database that is gone. */
    private static final Duration BORROW_TIMEOUT = Duration.ofSeconds(5);

    private static final Limits UNLIMITED = new Limits(Duration.ZERO, Duration.ZERO, 1);

    private final String name;
    private final HikariDataSource pool;
    private final Dialect dialect;
    /** In MySQL the database in which a borrowed connection finds names; empty: of PostgreSQL, where it cannot change. */
    private final Optional<String> home;

    private Database(String name, HikariDataSource pool, Dialect dialect, Optional<String> home) {
        this.name = name;
        this.pool = pool;
        this.dialect = dialect;
        this.home = home;
    }

    /**
     * Opens a pool and proves that the database answers.
     *
     * @param poolSize most connections at once: as many as there are threads that use it
     * @throws DatabaseUnreachable when it does not answer or refuses the login
     */
    public static Database open(ConnectionSettings settings, int poolSize) {
        return open(settings, poolSize, BORROW_TIMEOUT);
    }

    static Database open(ConnectionSettings settings, int poolSize, Duration borrowTimeout) {
        HikariDataSource pool = Pools.open(settings, poolSize, borrowTimeout);
        try (Connection connection = pool.getConnection()) {
            Dialect dialect = Dialect.of(connection);
            Optional<String> home = dialect.mysql() ? Optional.ofNullable(connection.getCatalog()) : Optional.empty();
            return new Database(settings.name(), pool, dialect, home);
        } catch (SQLException e) {
            pool.close();
            throw Pools.unreachable(settings, e);
        }
    }

    /**
     * Has the state of the pool measured, under the name that specs use.
     *
     * @throws IllegalStateException when it is measured already
     */
    public Database measured(MetricsTrackerFactory how) {
        pool.setMetricsTrackerFactory(how);
        return this;
    }

    /** The name that specs use. */
    public String name() {
        return name;
    }

    /** What its server speaks. */
    public Dialect dialect() {
        return dialect;
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
        return transaction(limits, Map.of(), work);
    }

    /**
     * As {@link #transaction(Limits, Work)}.
     *
     * @param settings of the session, by name, that hold until the transaction ends; in MySQL variables of the user that
     *     {@link Dialect#begin} knows
     */
    public <T> T transaction(Limits limits, Map<String, String> settings, Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(limits, settings, Kind.WRITING, work);
            } catch (SQLException e) {
                if (attempt >= limits.attempts() || !Failure.of(e).transientLike()) {
                    throw e;
                }
                LockSupport.parkNanos(backoff(attempt).toNanos());
            }
        }
    }

    /** As {@link #transaction}, in one attempt and READ ONLY: a statement that would write fails. */
    public <T> T readOnly(Limits limits, Work<T> work) throws SQLException {
        return once(limits, Map.of(), Kind.READING, work);
    }

    /** As {@link #readOnly}, and all its statements see what the first one of them saw: REPEATABLE READ. */
    public <T> T snapshot(Limits limits, Work<T> work) throws SQLException {
        return once(limits, Map.of(), Kind.SNAPSHOT, work);
    }

    /** As {@link #snapshot(Limits, Work)}, and may write: to tables of its own, or others find that it collides with them. */
    public <T> T writingOnSnapshot(Limits limits, Work<T> work) throws SQLException {
        return once(limits, Map.of(), Kind.WRITING_ON_SNAPSHOT, work);
    }

    /**
     * As {@link #snapshot(Limits, Work)}, from a moment that the caller chooses while the connection stands ready: what
     * comes before it may take long, and what is done with others' locks held until it is taken need not last longer.
     */
    public <T> T snapshot(Limits limits, Moment moment, Work<T> work) throws SQLException {
        return once(limits, Map.of(), Kind.SNAPSHOT, moment, work);
    }

    /** Has to take the snapshot, once. */
    @FunctionalInterface
    public interface Moment {
        void choose(Snapshot snapshot) throws SQLException;
    }

    @FunctionalInterface
    public interface Snapshot {
        /** Begins the transaction; in MySQL what is read first makes the snapshot. */
        Connection take() throws SQLException;
    }

    private enum Kind {
        WRITING(false, false),
        READING(true, false),
        SNAPSHOT(true, true),
        WRITING_ON_SNAPSHOT(false, true);

        private final boolean readOnly;
        private final boolean repeatable;

        Kind(boolean readOnly, boolean repeatable) {
            this.readOnly = readOnly;
            this.repeatable = repeatable;
        }
    }

    /** Real time before the attempt after this one: random, so that those who collided do not meet again. */
    private static Duration backoff(int attempt) {
        long most = Math.min(LONGEST_BACKOFF.toMillis(), FIRST_BACKOFF.toMillis() << Math.min(attempt - 1, 10));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1));
    }

    /** The pool itself gives auto-commit, read-only and isolation back their defaults. */
    private <T> T once(Limits limits, Map<String, String> settings, Kind kind, Work<T> work) throws SQLException {
        return once(limits, settings, kind, Snapshot::take, work);
    }

    private <T> T once(Limits limits, Map<String, String> settings, Kind kind, Moment moment, Work<T> work)
            throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setReadOnly(kind.readOnly);
            if (kind.repeatable) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            connection.setAutoCommit(false);
            try {
                moment.choose(() -> {
                    dialect.begin(connection, limits, settings);
                    return connection;
                });
                T result = work.with(timed(connection, limits));
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                undo(connection, e);
                throw e;
            } finally {
                goHome(connection);
            }
        }
    }

    private Connection timed(Connection connection, Limits limits) {
        return dialect.mysql() && !dialect.mariaDb() ? TimedStatements.of(connection, limits.statement()) : connection;
    }

    /** A connection that cannot go back is not given to anybody else; what the work did stands or falls without it. */
    private void goHome(Connection connection) {
        try {
            // Nobody but us takes it back: a pool knows only the catalogs that it was told.
            if (home.isPresent() && !home.get().equals(connection.getCatalog())) {
                connection.setCatalog(home.get());
            }
        } catch (SQLException e) {
            pool.evictConnection(connection);
        }
    }

    /** Runs statements that refuse a transaction (CREATE INDEX CONCURRENTLY), each committing alone. One attempt. */
    public <T> T alone(Limits limits, Work<T> work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(true);
            try {
                dialect.alone(connection, limits);
                T result = work.with(timed(connection, limits));
                dialect.alone(connection, UNLIMITED);
                goHome(connection);
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                // The next borrower must not inherit these limits; a fresh connection has none.
                pool.evictConnection(connection);
                throw e;
            }
        }
    }

    private static void undo(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
