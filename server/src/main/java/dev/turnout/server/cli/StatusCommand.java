package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout status}. */
@Command(
        name = "status",
        description = "Shows where migrations stand, what they wait for and what to do next.",
        footer =
                "With --watch and a NAME it ends with 0 when that migration is done, and with 1 when it is rolled back.")
final class StatusCommand extends RemoteCommand {
    private static final String DONE = "DONE";
    private static final String ROLLED_BACK = "ROLLED_BACK";
    private static final Set<String> OVER = Set.of(DONE, ROLLED_BACK);

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "one migration; all of them unless given")
    private @Nullable String name;

    @Option(names = "--watch", description = "go on showing it until it is over; on a terminal in place")
    private boolean watch;

    @Override
    public Integer call() {
        Remote remote = remote();
        String path = Optional.ofNullable(name)
                .map(one -> Remote.path(MIGRATIONS, one))
                .orElse(MIGRATIONS);
        JsonNode answer = remote.get(path).body();
        if (!watch) {
            print(answer, all -> lines(all, Terminal.here()));
            return ExitStatus.DONE.code();
        }
        return watch(remote, path, answer).code();
    }

    /** A server that is restarted meanwhile is waited for. */
    private ExitStatus watch(Remote remote, String path, JsonNode first) {
        Watching watching = new Watching(out());
        Optional<JsonNode> answer = Optional.of(first);
        while (true) {
            Optional<Terminal> terminal = json() ? Optional.empty() : Terminal.here();
            if (answer.isPresent()) {
                JsonNode now = answer.get();
                watching.show(json() ? List.of(now.toString()) : lines(now, terminal), terminal);
                if (over(now)) {
                    return now.path("phase").asText().equals(ROLLED_BACK) ? ExitStatus.REFUSED : ExitStatus.DONE;
                }
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            answer = again(remote, path, watching, terminal);
        }
    }

    private Optional<JsonNode> again(Remote remote, String path, Watching watching, Optional<Terminal> terminal) {
        try {
            return Optional.of(remote.get(path).body());
        } catch (CommandFailed e) {
            if (!e.passing()) {
                throw e;
            }
            if (!json()) {
                watching.interrupted(e.explanation(), terminal);
            }
            return Optional.empty();
        }
    }

    private static List<String> lines(JsonNode answer, Optional<Terminal> terminal) {
        if (!answer.has("migrations")) {
            return MigrationText.full(answer, terminal);
        }
        List<String> lines = new ArrayList<>();
        answer.path("migrations").forEach(migration -> lines.addAll(MigrationText.full(migration, terminal)));
        return lines.isEmpty() ? List.of("no migrations: start one with 'turnout start SPEC'") : lines;
    }

    private static boolean over(JsonNode answer) {
        if (!answer.has("migrations")) {
            return OVER.contains(answer.path("phase").asText());
        }
        for (JsonNode migration : answer.path("migrations")) {
            if (!OVER.contains(migration.path("phase").asText())) {
                return false;
            }
        }
        return true;
    }
}
