package dev.turnout.server.control;

import dev.turnout.worker.jdbc.OneTransaction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;

/**
 * Makes the control schema or brings it up to date, in one transaction. Flyway alone commits a script and its record of it
 * one after the other: a server that was killed in between could never be started again. Blocks.
 */
final class ControlSchema {
    /** {@code turn} in ASCII, twice: who holds it makes the schema. */
    private static final long QUEUE = 0x7475726e7475726eL;

    private ControlSchema() {}

    static void migrate(ControlSettings settings) {
        try (Connection connection =
                DriverManager.getConnection(settings.jdbcUrl(), settings.user(), settings.secret())) {
            connection.setAutoCommit(false);
            queue(connection);
            Flyway.configure(ControlSchema.class.getClassLoader())
                    .dataSource(OneTransaction.of(connection))
                    .locations("classpath:dev/turnout/sql/control")
                    .load()
                    .migrate();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("the control schema cannot be brought up to date: " + e.getMessage(), e);
        }
    }

    /** Several servers may start at once. */
    private static void queue(Connection connection) throws SQLException {
        try (Statement limit = connection.createStatement()) {
            limit.execute("SET LOCAL lock_timeout = '60s'");
        }
        try (PreparedStatement queue = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
            queue.setLong(1, QUEUE);
            queue.execute();
        }
    }
}
