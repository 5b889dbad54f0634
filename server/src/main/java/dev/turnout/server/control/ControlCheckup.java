package dev.turnout.server.control;

import dev.turnout.worker.doctor.Finding;
import dev.turnout.worker.doctor.Skew;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/** Looks an external control database over, without a server. Only reads; blocks. */
public final class ControlCheckup {
    private static final String SUBJECT = "control database";
    private static final int OLDEST_SERVER = 14;
    private static final int SECONDS = 5;
    /** Of one server: a pool, a listener, and a few that come and go when the pool is replaced. */
    private static final int CONNECTIONS = 10;

    private ControlCheckup() {}

    public static List<Finding> of(ControlSettings settings, InstantSource clock) {
        List<Finding> findings = new ArrayList<>();
        Properties login = new Properties();
        login.setProperty("user", settings.user());
        login.setProperty("password", settings.secret());
        login.setProperty("connectTimeout", Integer.toString(SECONDS));
        login.setProperty("socketTimeout", Integer.toString(2 * SECONDS));
        try (Connection connection = DriverManager.getConnection(settings.jdbcUrl(), login)) {
            connection.setReadOnly(true);
            server(connection, findings);
            findings.add(clock(connection, clock));
            schema(settings, findings);
        } catch (SQLException e) {
            findings.add(Finding.problem(
                    SUBJECT,
                    settings.address() + " does not let us in: " + line(e),
                    "see that it runs, and that TURNOUT_CONTROL_DB, TURNOUT_CONTROL_USER and TURNOUT_CONTROL_PASSWORD are"
                            + " right"));
        }
        return findings;
    }

    private static void server(Connection connection, List<Finding> findings) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        String product = "PostgreSQL " + connection.getMetaData().getDatabaseProductVersion();
        findings.add(
                version >= OLDEST_SERVER
                        ? Finding.ok(SUBJECT, product + " answers")
                        : Finding.problem(SUBJECT, "it is " + product, "PostgreSQL 14 or newer is needed"));
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("""
                        SELECT has_database_privilege(current_database(), 'CREATE') OR has_schema_privilege(current_schema(), 'CREATE'),
                               current_setting('max_connections')::int, pg_is_in_recovery()""")) {
            row.next();
            if (!row.getBoolean(1)) {
                findings.add(Finding.problem(
                        SUBJECT,
                        "the role may not make tables",
                        "GRANT CREATE ON its SCHEMA to it, or make it the owner of the database"));
            }
            if (row.getInt(2) < CONNECTIONS * 2) {
                findings.add(Finding.warning(
                        SUBJECT,
                        "it takes " + row.getInt(2) + " connections; each server and worker uses " + CONNECTIONS,
                        "raise max_connections"));
            }
            if (row.getBoolean(3)) {
                findings.add(Finding.problem(SUBJECT, "it is a standby", "name the primary in TURNOUT_CONTROL_DB"));
            }
        }
    }

    private static Finding clock(Connection connection, InstantSource clock) throws SQLException {
        Instant asked = clock.instant();
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return Skew.of(
                    SUBJECT, asked, row.getObject(1, OffsetDateTime.class).toInstant(), clock.instant());
        }
    }

    private static void schema(ControlSettings settings, List<Finding> findings) {
        try {
            MigrationInfoService scripts = Flyway.configure(ControlCheckup.class.getClassLoader())
                    .dataSource(settings.jdbcUrl(), settings.user(), settings.secret())
                    .locations("classpath:dev/turnout/sql/control")
                    .load()
                    .info();
            boolean newer = List.of(scripts.all()).stream()
                    .anyMatch(script -> script.getState() == MigrationState.FUTURE_SUCCESS);
            if (newer) {
                findings.add(Finding.problem(
                        SUBJECT,
                        "its tables are of a newer Turnout",
                        "start that version: this one does not know them"));
            } else if (scripts.current() == null) {
                findings.add(Finding.ok(SUBJECT, "it has no tables yet: the first server makes them"));
            } else if (scripts.pending().length > 0) {
                findings.add(Finding.ok(
                        SUBJECT, "its tables are of an older version; the next server brings them up to date"));
            } else {
                findings.add(Finding.ok(SUBJECT, "its tables are of this version"));
            }
        } catch (FlywayException e) {
            findings.add(Finding.problem(
                    SUBJECT, "its tables cannot be looked at: " + line(e), "let the role read flyway_schema_history"));
        }
    }

    private static String line(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
