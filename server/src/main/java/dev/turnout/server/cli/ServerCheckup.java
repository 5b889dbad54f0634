package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.worker.doctor.Finding;
import dev.turnout.worker.doctor.Skew;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Asks a running server how it is, and how its migrations are. Only reads. */
final class ServerCheckup {
    private static final Set<String> RESTING = Set.of("DONE", "ROLLED_BACK", "FAILED", "PAUSED");

    private final Remote remote;
    private final InstantSource clock;
    private final String subject;
    private final List<Finding> findings = new ArrayList<>();

    ServerCheckup(Remote remote, InstantSource clock) {
        this.remote = remote;
        this.clock = clock;
        this.subject = "server " + remote.server();
    }

    List<Finding> look() {
        if (answers()) {
            ready();
            migrations();
        }
        return findings;
    }

    private boolean answers() {
        try {
            remote.get("/livez");
            findings.add(Finding.ok(subject, "it answers"));
            return true;
        } catch (CommandFailed e) {
            String[] parts = e.explanation().split(": ", 2);
            findings.add(Finding.problem(
                    subject, parts[0], parts.length > 1 ? parts[1] : "name another with --server (TURNOUT_SERVER)"));
            return false;
        }
    }

    private void ready() {
        Instant asked = clock.instant();
        try {
            JsonNode ready = remote.get("/readyz").body();
            findings.add(Finding.ok(
                    subject,
                    "it is ready: the control database answers, its flags are "
                            + Math.round(ready.path("flagsAgeSeconds").asDouble()) + " s old"));
            findings.add(Skew.of(subject, asked, Instant.parse(ready.path("now").asText()), clock.instant()));
        } catch (CommandFailed e) {
            findings.add(
                    Finding.problem(
                            subject,
                            "it is not ready: it has lost the control database, or is about to stop",
                            "look at the control database, named by the server's TURNOUT_CONTROL_DB, and into the server's log"));
        } catch (DateTimeException e) {
            findings.add(Finding.warning(subject, "it does not say what time it is", "bring it to this version"));
        }
    }

    private void migrations() {
        JsonNode all;
        try {
            all = remote.all(RemoteCommand.MIGRATIONS, "migrations");
        } catch (CommandFailed e) {
            String[] parts = e.explanation().split("[:;] ", 2);
            findings.add(Finding.problem(
                    "token", parts[0], parts.length > 1 ? parts[1] : "give another with --token (TURNOUT_TOKEN)"));
            return;
        }
        findings.add(Finding.ok("token", "the server takes it"));
        all.path("migrations").forEach(this::migration);
    }

    private void migration(JsonNode migration) {
        String name = migration.path("name").asText();
        String of = "migration " + name;
        String phase = migration.path("phase").asText();
        String next = migration.path("nextAction").asText();
        if (phase.equals("FAILED")) {
            findings.add(Finding.problem(
                    of,
                    "it has failed: " + migration.path("because").asText(),
                    next.isEmpty() ? "turnout status " + name : next));
        }
        migration
                .path("problems")
                .forEach(problem -> findings.add(
                        Finding.problem(of, problem.asText(), next.isEmpty() ? "turnout status " + name : next)));
        if (!RESTING.contains(phase) && !migration.hasNonNull("drivenBy")) {
            findings.add(Finding.problem(
                    of,
                    "no worker drives it, in " + phase,
                    "start one that knows the database '"
                            + migration.path("database").asText() + "': turnout work --database "
                            + migration.path("database").asText() + "=URL"));
        }
    }
}
