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
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout status}. */
@Command(name = "status", description = "Shows where migrations stand, what they wait for and what to do next.")
final class StatusCommand extends RemoteCommand {
    private static final Set<String> OVER = Set.of("DONE", "ROLLED_BACK");

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
        List<String> shown = List.of();
        while (true) {
            JsonNode answer = remote.get(path).body();
            if (!watch) {
                print(answer, StatusCommand::lines);
                return 0;
            }
            shown = show(answer, shown);
            if (over(answer)) {
                return 0;
            }
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }

    /** Where nobody watches a terminal, only what is new is printed. */
    private List<String> show(JsonNode answer, List<String> before) {
        List<String> now = json() ? List.of(answer.toString()) : lines(answer);
        if (now.equals(before)) {
            return before;
        }
        if (Ansi.AUTO.enabled() && !json()) {
            if (!before.isEmpty()) {
                out().printf("\u001b[%dA\u001b[J", before.size()); // up and clear
            }
            now.forEach(out()::println);
        } else {
            now.stream().filter(line -> !before.contains(line)).forEach(out()::println);
        }
        out().flush();
        return now;
    }

    private static List<String> lines(JsonNode answer) {
        if (!answer.has("migrations")) {
            return MigrationText.full(answer);
        }
        List<String> lines = new ArrayList<>();
        answer.path("migrations").forEach(migration -> lines.addAll(MigrationText.full(migration)));
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
