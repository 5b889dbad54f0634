package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout tune}. */
@Command(
        name = "tune",
        description = "Changes how a backfill goes about its work while it runs; without an option, shows it.")
final class TuneCommand extends MigrationCommand {
    @Option(names = "--batch", paramLabel = "TIME", description = "how long a batch should last, such as 100ms")
    private @Nullable String batch;

    @Option(names = "--lanes", paramLabel = "N", description = "batches at once, the most")
    private @Nullable String lanes;

    @Option(names = "--throttle", paramLabel = "REASON", description = "move no row until --no-throttle")
    private @Nullable String throttle;

    @Option(names = "--no-throttle", description = "move rows again")
    private boolean noThrottle;

    @Option(names = "--lag", paramLabel = "TIME", description = "how far a replica may be behind, such as 5s")
    private @Nullable String lag;

    @Option(
            names = "--query",
            paramLabel = "SQL",
            description = "one row: must the backfill wait (true or false), and why")
    private @Nullable String query;

    @Option(names = "--no-query", description = "ask no query")
    private boolean noQuery;

    @Option(
            names = "--window",
            paramLabel = "HOURS",
            description = "when it may run, such as '22:00-06:00 Europe/Berlin'; UTC unless a zone is given")
    private @Nullable String window;

    @Option(names = "--no-window", description = "it may run at any time")
    private boolean noWindow;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        Map<String, @Nullable String> changes = changes();
        if (changes.isEmpty()) {
            print(remote().get(path()).body(), TuneCommand::lines);
            return 0;
        }
        changes.put("reason", reason);
        print(remote().send("PATCH", path("tuning"), changes, Map.of()).body(), TuneCommand::lines);
        return 0;
    }

    private Map<String, @Nullable String> changes() {
        Map<String, @Nullable String> changes = new HashMap<>();
        put(changes, "batch", batch, false);
        put(changes, "lanes", lanes, false);
        put(changes, "throttle", throttle, noThrottle);
        put(changes, "lag", lag, false);
        put(changes, "query", query, noQuery);
        put(changes, "window", window, noWindow);
        return changes;
    }

    private static void put(
            Map<String, @Nullable String> changes, String option, @Nullable String value, boolean cleared) {
        if (cleared && value != null) {
            throw CommandFailed.badInput("--" + option + " and --no-" + option + " contradict each other: give one");
        }
        if (cleared || value != null) {
            changes.put(option, value);
        }
    }

    private static List<String> lines(JsonNode migration) {
        return MigrationText.tuning(migration);
    }
}
