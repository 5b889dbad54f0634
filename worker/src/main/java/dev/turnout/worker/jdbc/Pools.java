package dev.turnout.worker.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How our connection pools are set up, and why. */
final class Pools {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** So that a change of the server behind a name or a proxy is followed; no session state lives longer anyway. */
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);

    private static final String SQL_MODE = String.join(
            ",",
            "ANSI_QUOTES",
            "PIPES_AS_CONCAT",
            "NO_BACKSLASH_ESCAPES",
            "ONLY_FULL_GROUP_BY",
            "STRICT_ALL_TABLES",
            "ERROR_FOR_DIVISION_BY_ZERO",
            "NO_ENGINE_SUBSTITUTION",
            // 0 is a key like any other, in copies of rows.
            "NO_AUTO_VALUE_ON_ZERO");

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
        // Texts: a driver passes over whatever else it finds.
        (settings.mysql() ? mysql(settings) : postgresql()).forEach(config::addDataSourceProperty);
        if (settings.mysql()) {
            // The default there is REPEATABLE READ: other locks, and a snapshot that a long check must not have.
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
            // Every use is a transaction; there each way to auto-commit and back is a round trip.
            config.setAutoCommit(false);
        }
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw unreachable(settings, e);
        }
    }

    /**
     * No socketTimeout: the longest statement (a validation, an index build) may take hours, the server ends each one by
     * its own limit, and keep-alive finds a peer that vanished. autosave stays "never" (a savepoint per statement costs a
     * round trip) and prepareThreshold 5: chunk statements repeat with the same text, and a DDL in between is answered by
     * the driver's own re-prepare or by our retry.
     */
    private static Map<String, String> postgresql() {
        return Map.of(
                "ApplicationName",
                "turnout",
                "connectTimeout",
                Long.toString(CONNECT_TIMEOUT.toSeconds()),
                "loginTimeout",
                Long.toString(CONNECT_TIMEOUT.toSeconds()),
                "tcpKeepAlive",
                "true");
    }

    /**
     * The SQL mode is that of PostgreSQL's grammar where it can be, and strict: a value that does not fit is an error and is
     * never made to fit. Zero dates that are there already may be read and copied (NO_ZERO_DATE is left out), but the
     * driver raises rather than calls one NULL. Statements are prepared in the driver, so that a bound is a constant for the
     * optimizer. As time zones have no names without their tables, UTC is an offset.
     */
    private static Map<String, String> mysql(ConnectionSettings settings) {
        Map<String, String> properties = new HashMap<>();
        properties.put("sessionVariables", "sql_mode='" + SQL_MODE + "',time_zone='+00:00'");
        properties.put("connectionTimeZone", "UTC");
        properties.put("characterEncoding", "UTF-8");
        properties.put("zeroDateTimeBehavior", "EXCEPTION");
        properties.put("tinyInt1isBit", "false");
        properties.put("yearIsDateType", "false");
        properties.put("useServerPrepStmts", "false");
        properties.put("rewriteBatchedStatements", "true");
        // The driver would go on behind a row that failed, with each waiting for its own lock; the transaction is lost
        // anyway.
        properties.put("continueBatchOnError", "false");
        // Spares a round trip wherever auto-commit or read-only is set to what it is.
        properties.put("useLocalSessionState", "true");
        properties.put("connectionAttributes", "program_name:turnout");
        properties.put("connectTimeout", Long.toString(CONNECT_TIMEOUT.toMillis()));
        properties.put("tcpKeepAlive", "true");
        // A password over an unencrypted line needs the server's key: from this machine only, where nobody can stand
        // between; elsewhere TLS is what protects it, and the URL may say otherwise.
        properties.put("allowPublicKeyRetrieval", Boolean.toString(settings.loopback()));
        return properties;
    }

    static DatabaseUnreachable unreachable(ConnectionSettings settings, Exception failure) {
        return new DatabaseUnreachable(explain(settings, failure), failure);
    }

    private static String explain(ConnectionSettings settings, Exception failure) {
        String reason = settings.mysql() ? mysqlReason(settings, failure) : postgresqlReason(settings, failure);
        return "cannot reach database " + settings.name() + " at " + settings.where() + ": " + reason + " (set by "
                + settings.setting() + ")";
    }

    private static String postgresqlReason(ConnectionSettings settings, Exception failure) {
        return switch (cause(failure).map(SQLException::getSQLState).orElse("")) {
            case "28P01", "28000" -> "it refuses the login of user " + settings.user();
            case "3D000" -> "there is no such database";
            case "53300" -> "it has no connection left";
            case "57P03" -> "it is starting up or shutting down";
            default -> "no PostgreSQL answers there";
        };
    }

    private static String mysqlReason(ConnectionSettings settings, Exception failure) {
        return switch (cause(failure).map(SQLException::getErrorCode).orElse(0)) {
            case 1045, 1698 -> "it refuses the login of user " + settings.user();
            case 1044 -> "user " + settings.user() + " has no right on that database";
            case 1049 -> "there is no such database";
            case 1040, 1203 -> "it has no connection left";
            case 1053 -> "it is shutting down";
            default -> "no MySQL answers there";
        };
    }

    private static Optional<SQLException> cause(Exception failure) {
        Throwable cause = failure instanceof SQLException ? failure : failure.getCause();
        return cause instanceof SQLException e ? Optional.of(e) : Optional.empty();
    }
}
