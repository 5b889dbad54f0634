package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout verify}. */
@Command(
        name = "verify",
        description = {
            "Tells how young and how clean the verification is; exit status 1 unless every row is verified and equal.",
            "With --reason it has every row, or those of a table, verified anew; with --cancel as well, not after all."
        },
        footer =
                "With --wait it ends with 0 when every row was found equal, and with 1 when some differed or it ended before.")
final class VerifyCommand extends MigrationCommand {
    private static final String VERIFICATION = "verification";

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            description = "only this one: the table of a move, or the name of one into another table")
    private @Nullable String table;

    @Option(names = "--wait", description = "show how far it is until it is over; on a terminal in place")
    private boolean wait;

    @Option(
            names = "--cancel",
            description =
                    "end what is being verified anew, of every row or of --table; what is verified by then keeps its age")
    private boolean cancel;

    @Option(names = "--reason", paramLabel = "TEXT", description = "verify now, or cancel, and why; kept in the audit")
    private @Nullable String reason;

    @Override
    public Integer call() {
        if (cancel) {
            return cancel(reason).code();
        }
        if (reason != null) {
            return anew(reason).code();
        }
        if (table != null || wait) {
            throw CommandFailed.badInput("say why the rows are to be verified anew: --reason");
        }
        JsonNode migration = remote().get(path()).body();
        print(migration, MigrationText::verification);
        return migration.hasNonNull("verifiedFrom")
                        && migration.path("mismatches").asLong() == 0
                ? ExitStatus.DONE.code()
                : ExitStatus.REFUSED.code();
    }

    private ExitStatus cancel(@Nullable String why) {
        if (wait || why == null) {
            throw CommandFailed.badInput(
                    wait ? "what is cancelled ends at once: leave out --wait" : "say why it is cancelled: --reason");
        }
        Remote remote = remote();
        List<JsonNode> open = new ArrayList<>();
        remote.get(path()).body().path("verifications").forEach(each -> {
            if (each.path("state").asText().equals("OPEN")) {
                open.add(each);
            }
        });
        String which = Optional.ofNullable(table).orElse("");
        JsonNode one = open.stream()
                .filter(each -> each.path("table").asText().equals(which))
                .findFirst()
                .orElseThrow(() -> CommandFailed.refused(VerificationText.none(which, open)));
        Map<String, String> body = Map.of("reason", why);
        print(
                remote.post(path("verifications", one.path("id").asText(), "cancel"), body)
                        .body(),
                ended -> VerificationText.cancelled(ended, ended.path(VERIFICATION)));
        return ExitStatus.DONE;
    }

    private ExitStatus anew(String why) {
        Remote remote = remote();
        Map<String, String> body = new HashMap<>();
        body.put("reason", why);
        Optional.ofNullable(table).ifPresent(one -> body.put("table", one));
        JsonNode answer = remote.post(path("verify"), body).body();
        if (!wait) {
            print(answer, asked -> VerificationText.asked(asked, asked.path(VERIFICATION)));
            return ExitStatus.DONE;
        }
        return await(remote, answer);
    }

    /** A server that is restarted meanwhile is waited for. */
    private ExitStatus await(Remote remote, JsonNode first) {
        Watching watching = new Watching(out());
        long id = first.path(VERIFICATION).path("id").asLong();
        JsonNode migration = first;
        JsonNode now = first.path(VERIFICATION);
        while (true) {
            Optional<Terminal> terminal = json() ? Optional.empty() : Terminal.here();
            watching.show(
                    json() ? List.of(now.toString()) : VerificationText.watched(migration, now, terminal), terminal);
            String state = now.path("state").asText();
            if (!state.equals("OPEN")) {
                boolean clean = state.equals("DONE") && now.path("differences").asLong() == 0;
                return clean ? ExitStatus.DONE : ExitStatus.REFUSED;
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            try {
                migration = remote.get(path()).body();
                now = found(migration, id);
            } catch (CommandFailed e) {
                if (!e.passing()) {
                    throw e;
                }
                if (!json()) {
                    watching.interrupted(e.explanation(), terminal);
                }
            }
        }
    }

    private JsonNode found(JsonNode migration, long id) {
        for (JsonNode each : migration.path("verifications")) {
            if (each.path("id").asLong() == id) {
                return each;
            }
        }
        throw CommandFailed.refused("verification " + id + " of " + name()
                + " is not among the newest any more: see 'turnout verify " + name() + "'");
    }
}
