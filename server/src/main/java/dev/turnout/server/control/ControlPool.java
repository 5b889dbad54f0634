package dev.turnout.server.control;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A Vert.x pool over a Hikari pool of its own. It lends, counts what is lent, and closes itself once it has been retired
 * and everything is back. Thread-safe.
 */
final class ControlPool {
    /** The client never notices a dead connection, so none may grow old. */
    private static final Duration LIFETIME = Duration.ofSeconds(60);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration WAIT_FOR_CONNECTION = Duration.ofSeconds(10);

    /** Control statements touch few rows by key; the longest honest one is far below this. */
    private static final Duration STATEMENT = Duration.ofSeconds(10);

    private static final Duration LOCK = Duration.ofSeconds(5);

    /** Guards against work that never completes: it must not hold a lock for ever. */
    private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(30);

    private final HikariDataSource hikari;
    private final Pool pool;
    private final Executor closer;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private int lent;
    private boolean retired;

    /**
     * Must run on a thread without a Vert.x context: a pool made on a verticle's context is closed with the verticle.
     *
     * @param closer where closing blocks
     */
    ControlPool(Vertx vertx, ControlSettings settings, Executor closer) {
        this.closer = closer;
        hikari = new HikariDataSource(hikari(settings));
        pool = JDBCPool.pool(
                vertx,
                hikari,
                new PoolOptions()
                        .setMaxSize(settings.poolSize())
                        .setConnectionTimeout((int) WAIT_FOR_CONNECTION.toSeconds())
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                        .setMaxLifetime((int) LIFETIME.toSeconds())
                        .setMaxLifetimeUnit(TimeUnit.SECONDS)
                        .setIdleTimeout((int) LIFETIME.toSeconds())
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setPoolCleanerPeriod((int) Duration.ofSeconds(5).toMillis()));
    }

    static HikariConfig hikari(ControlSettings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("control");
        // The server adds its registry to the global one: a pool is made anew whenever the database was gone.
        config.setMetricsTrackerFactory(PoolMetrics.factory());
        config.setJdbcUrl(settings.jdbcUrl());
        config.setUsername(settings.user());
        config.setPassword(settings.secret());
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(0);
        config.setMaxLifetime(LIFETIME.toMillis());
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql("SET statement_timeout = '" + STATEMENT.toMillis() + "ms'; SET lock_timeout = '"
                + LOCK.toMillis() + "ms'; SET idle_in_transaction_session_timeout = '"
                + IDLE_IN_TRANSACTION.toMillis() + "ms'; SET timezone = 'UTC'");
        config.addDataSourceProperty("ApplicationName", "turnout-control");
        // Texts: the driver passes over whatever else it finds.
        config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
        config.addDataSourceProperty("loginTimeout", Long.toString(CONNECT.toSeconds()));
        // A dead network must not hold a thread for ever; longer than any statement may run.
        config.addDataSourceProperty(
                "socketTimeout", Long.toString(STATEMENT.plusSeconds(5).toSeconds()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return config;
    }

    /** False once retired: ask for the pool that came after. */
    synchronized boolean lend() {
        if (retired) {
            return false;
        }
        lent++;
        return true;
    }

    Future<SqlConnection> connection() {
        return pool.getConnection();
    }

    synchronized void giveBack() {
        lent--;
        closeWhenIdle();
    }

    /** Lends no more; completes when everything is back and closed. */
    synchronized CompletionStage<Void> retire() {
        if (!retired) {
            retired = true;
            closeWhenIdle();
        }
        return closed;
    }

    private void closeWhenIdle() {
        if (retired && lent == 0) {
            pool.close()
                    .onComplete(done -> closer.execute(() -> {
                        hikari.close();
                        closed.complete(null);
                    }));
        }
    }
}
