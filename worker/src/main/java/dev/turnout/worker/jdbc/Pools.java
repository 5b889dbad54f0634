package dev.turnout.worker.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.SQLException;
import java.time.Duration;

/** How our connection pools are set up, and why. */
final class Pools {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** So that a change of the server behind a name or a proxy is followed; no session state lives longer anyway. */
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);

    private Pools() {}

    static HikariDataSource open(ConnectionSettings settings, int poolSize, Duration borrowTimeout) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(poolSize);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(borrowTimeout.toMillis());
        config.setMaxLifetime(MAX_LIFETIME.toMillis());
        // At least one attempt, and no longer retries: whoever opens decides what an absent database means.
        config.setInitializationFailTimeout(1);
        config.addDataSourceProperty("ApplicationName", "turnout");
        config.addDataSourceProperty("connectTimeout", CONNECT_TIMEOUT.toSeconds());
        config.addDataSourceProperty("loginTimeout", CONNECT_TIMEOUT.toSeconds());
        // No socketTimeout: the longest statement (a validation, an index build) may take hours, the server ends each
        // one by statement_timeout, and keep-alive finds a peer that vanished.
        config.addDataSourceProperty("tcpKeepAlive", true);
        // autosave stays "never" (a savepoint per statement costs a round trip) and prepareThreshold 5: chunk
        // statements
        // repeat with the same text, and a DDL in between is answered by the driver's own re-prepare or by our retry.
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new DatabaseUnreachable(explain(settings, e), e);
        }
    }

    private static String explain(ConnectionSettings settings, PoolInitializationException failure) {
        String state = failure.getCause() instanceof SQLException e && e.getSQLState() != null ? e.getSQLState() : "";
        String reason =
                switch (state) {
                    case "28P01", "28000" -> "it refuses the login of user " + settings.user();
                    case "3D000" -> "there is no such database";
                    case "53300" -> "it has no connection left";
                    case "57P03" -> "it is starting up or shutting down";
                    default -> "no PostgreSQL answers there";
                };
        return "cannot reach database " + settings.name() + " at " + settings.where() + ": " + reason + " (set by "
                + settings.setting() + ")";
    }
}
