package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout monitor …}. */
@Command(
        name = "monitor",
        description = "Shows the monitoring queries of a migration, and has them measured.",
        mixinStandardHelpOptions = true,
        subcommands = {MonitorCommand.All.class, MonitorCommand.Run.class})
final class MonitorCommand implements Runnable {
    private static final String MONITORS = "monitors";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with monitors: list or run");
    }

    private static List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        answer.path(MONITORS).forEach(monitor -> lines.addAll(lines(monitor, monitor.path("measurements"))));
        return lines.isEmpty() ? List.of("no monitors") : lines;
    }

    private static List<String> lines(JsonNode monitor, JsonNode measurements) {
        List<String> lines = new ArrayList<>();
        lines.add(
                monitor.path("name").asText() + "  on " + monitor.path("source").asText()
                        + (monitor.path("dryRun").asBoolean() ? "  dry run" : "") + "  next at "
                        + monitor.path("dueAt").asText());
        measurements.forEach(each -> lines.add("  " + each.path("at").asText() + "  "
                + each.path("verdict").asText().toLowerCase(Locale.ROOT) + ", "
                + each.path("because").asText() + readings(each.path("readings"))));
        if (measurements.isEmpty()) {
            lines.add("  not measured yet");
        }
        return lines;
    }

    private static String readings(JsonNode readings) {
        List<String> words = new ArrayList<>();
        readings.properties()
                .forEach(value ->
                        words.add(value.getKey() + " " + value.getValue().asText()));
        return words.isEmpty() ? "" : "  (" + String.join(", ", words) + ")";
    }

    @Command(name = "list", description = "Lists the monitors of a migration with what they last said.")
    static final class All extends MigrationCommand {
        @Option(names = "--last", paramLabel = "N", description = "so many measurements of each; 1 unless given")
        private int last = 1;

        @Override
        public Integer call() {
            print(remote().get(path(MONITORS) + "?last=" + last).body(), MonitorCommand::lines);
            return 0;
        }
    }

    @Command(name = "run", description = "Has a monitor measured now and shows what it says; it counts as any other.")
    static final class Run extends MigrationCommand {
        private static final long LOOK_EVERY_MILLIS = 250;

        @Parameters(index = "1", paramLabel = "MONITOR", description = "its name in the spec")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String monitor;

        @Option(names = "--wait", paramLabel = "SECONDS", description = "for the measurement, at most; 30 unless given")
        private int wait = 30;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        @Override
        public Integer call() {
            Remote remote = remote();
            JsonNode before = remote.post(path(MONITORS, monitor, "run"), Map.of("reason", reason))
                    .body();
            JsonNode known = before.path(MONITORS).path(0).path("measurements").path(0);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
            do {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MILLIS));
                JsonNode now = found(remote.get(path(MONITORS) + "?last=1").body());
                JsonNode latest = now.path("measurements").path(0);
                if (!latest.isMissingNode() && !latest.equals(known)) {
                    print(now, answer -> lines(answer, answer.path("measurements")));
                    return latest.path("verdict").asText().equals("SUCCESS") ? 0 : 1;
                }
            } while (System.nanoTime() < end);
            throw CommandFailed.refused(
                    "no worker has measured '" + monitor + "' within " + wait + " s: is one running that reaches "
                            + before.path(MONITORS).path(0).path("source").asText() + "?");
        }

        private JsonNode found(JsonNode answer) {
            for (JsonNode each : answer.path(MONITORS)) {
                if (each.path("name").asText().equals(monitor)) {
                    return each;
                }
            }
            throw CommandFailed.refused("there is no monitor '" + monitor + "' any more");
        }
    }
}
