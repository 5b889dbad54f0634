package dev.turnout.worker.doctor;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.DatabaseUnreachable;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.preflight.Findings;
import dev.turnout.worker.preflight.Preflight;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.FlywayException;

/** Looks one migrated database over: whether it answers, suits a run, and is as the bookkeeping says. Only reads. */
public final class Checkup {
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(10), 1);

    private final String subject;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    private Checkup(String subject, InstantSource clock) {
        this.subject = subject;
        this.clock = clock;
    }

    /** Blocks for as long as the database takes; what keeps it from answering is a finding as well. */
    public static List<Finding> of(ConnectionSettings settings, InstantSource clock) {
        return new Checkup("database " + settings.name(), clock).look(settings);
    }

    private List<Finding> look(ConnectionSettings settings) {
        try (Database database = Database.open(settings, 2)) {
            look(database);
        } catch (DatabaseUnreachable e) {
            findings.add(Finding.problem(
                    subject,
                    String.valueOf(e.getMessage()),
                    "see that it runs and lets this machine in, and that " + settings.setting()
                            + " and the _USER and _PASSWORD beside it are right"));
        } catch (SQLException e) {
            findings.add(Finding.problem(subject, Failure.words(e), "see the database's own log"));
        }
        return findings;
    }

    private void look(Database database) throws SQLException {
        String version =
                database.readOnly(LIMITS, connection -> connection.getMetaData().getDatabaseProductVersion());
        findings.add(Finding.ok(subject, database.dialect().product() + " " + version + " answers"));
        Findings server = Preflight.server(database);
        server.problems().forEach(problem -> {
            String[] parts = problem.split(" — ", 2);
            findings.add(Finding.problem(subject, parts[0], parts.length > 1 ? parts[1] : "see docs/operating.md"));
        });
        server.warnings()
                .forEach(warning -> findings.add(
                        Finding.warning(subject, warning, "nothing has to be done at once; a run would wait or tell")));
        if (server.problems().isEmpty()) {
            findings.add(Finding.ok(subject, "version and rights suffice to begin a run"));
        }
        findings.add(clock(database));
        bookkeeping(database);
    }

    private Finding clock(Database database) throws SQLException {
        return database.readOnly(LIMITS, connection -> {
            Instant asked = clock.instant();
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT " + database.dialect().now());
                    ResultSet row = select.executeQuery()) {
                row.next();
                Instant theirs = database.dialect().moment(row, 1);
                return Skew.of(subject, asked, theirs, clock.instant());
            }
        });
    }

    private void bookkeeping(Database database) throws SQLException {
        Bookkeeping.Age age;
        try {
            age = Bookkeeping.age(database);
        } catch (FlywayException e) {
            findings.add(Finding.warning(
                    subject,
                    "its schema turnout cannot be read: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "let the role of the connection use it, or drop it when no run is alive"));
            return;
        }
        switch (age) {
            case ABSENT ->
                findings.add(
                        Finding.ok(subject, "nothing has been migrated here: the first run makes the schema turnout"));
            case OLDER ->
                findings.add(
                        Finding.ok(subject, "its bookkeeping is of an older version; a worker brings it up to date"));
            case CURRENT -> findings.add(Finding.ok(subject, "its bookkeeping is of this version"));
            case NEWER ->
                findings.add(Finding.problem(
                        subject,
                        "its bookkeeping is of a newer Turnout",
                        "run that version here: this one does not know what it means"));
        }
        if (age == Bookkeeping.Age.CURRENT) {
            findings.addAll(database.readOnly(LIMITS, connection -> new TriggerStates(connection, subject).look()));
        }
    }
}
