package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.flags.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code turnout flag …}. */
@Command(
        name = "flag",
        description = "Reads and changes flags.",
        mixinStandardHelpOptions = true,
        subcommands = {
            FlagCommand.All.class,
            FlagCommand.Get.class,
            FlagCommand.Set.class,
            FlagCommand.Ramp.class,
            FlagCommand.Kill.class,
            FlagFileCommands.Export.class,
            FlagFileCommands.Apply.class,
            TogglzCommand.class
        })
final class FlagCommand implements Runnable {
    private static final String FLAGS = "/api/v1/flags";

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Turnout turnout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    Turnout turnout() {
        return turnout;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do with flags: list, get, set, ramp, kill, export, apply or from-togglz");
    }

    private static List<String> line(JsonNode flag) {
        String rolledBack = flag.path("rolledBack").asText("");
        return List.of(flag.path("key").asText() + "  " + flag.path("weight").asText() + "  "
                + flag.path("state").asText() + "  version "
                + flag.path("version").asText()
                + (rolledBack.isEmpty() ? "" : "  ROLLED BACK: " + rolledBack));
    }

    @Command(name = "list", description = "Lists all flags.")
    static final class All extends RemoteCommand {
        @Override
        public Integer call() {
            print(remote().all(FLAGS, "flags"), all -> {
                List<String> lines = new ArrayList<>();
                all.path("flags").forEach(flag -> lines.addAll(line(flag)));
                return lines.isEmpty() ? List.of("no flags") : lines;
            });
            return 0;
        }
    }

    @Command(name = "get", description = "Shows one flag, as JSON.")
    static final class Get extends RemoteCommand {
        @Parameters(paramLabel = "KEY")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String key;

        @Override
        public Integer call() {
            JsonNode flag = remote().get(Remote.path(FLAGS, key)).body();
            print(flag, body -> List.of(body.toPrettyString()));
            return 0;
        }
    }

    @Command(name = "set", description = "Makes a flag from a JSON file, or changes it to what the file says.")
    static final class Set extends RemoteCommand {
        @Parameters(index = "0", paramLabel = "KEY")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String key;

        @Parameters(index = "1", paramLabel = "FILE", description = "as `flag get` prints it; - reads standard input")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String file;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept in the audit")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Override
        public Integer call() {
            ObjectNode flag = Input.object(file, "a flag as JSON");
            String version = flag.path("version").asText("0");
            Map<String, String> precondition =
                    version.equals("0") ? Map.of("If-None-Match", "*") : Map.of("If-Match", "\"" + version + "\"");
            flag.put("reason", reason);
            print(
                    remote().send("PUT", Remote.path(FLAGS, key), flag, precondition)
                            .body(),
                    FlagCommand::line);
            return 0;
        }
    }

    @Command(
            name = "kill",
            description = "Takes a flag to 0 %% at once; it stays there until the incident is acknowledged.")
    static final class Kill extends RemoteCommand {
        @Parameters(paramLabel = "KEY")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String key;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept in the incident")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Override
        public Integer call() {
            print(
                    remote().post(Remote.path(FLAGS, key, "kill"), Map.of("reason", reason))
                            .body(),
                    FlagCommand::line);
            return 0;
        }
    }

    @Command(name = "ramp", description = "Sets the share of units on the new side.")
    static final class Ramp extends RemoteCommand {
        @Parameters(index = "0", paramLabel = "KEY")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String key;

        @Parameters(index = "1", paramLabel = "PERCENT", description = "such as 25%%, 0.5%% or 0")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String percent;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept in the audit")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Option(names = "--force", description = "raise the weight although a rollout moves this flag")
        private boolean force;

        @Override
        public Integer call() {
            Weight weight;
            try {
                weight = Weight.parse(percent.strip().endsWith("%") ? percent : percent + "%");
            } catch (IllegalArgumentException e) {
                throw CommandFailed.badInput("PERCENT: " + e.getMessage());
            }
            Remote remote = remote();
            String version = remote.get(Remote.path(FLAGS, key)).version().orElse("*");
            ObjectNode patch = Remote.JSON
                    .createObjectNode()
                    .put("weight", weight.toString())
                    .put("reason", reason);
            Map<String, String> headers = Map.of("If-Match", "\"" + version + "\"");
            String path = Remote.path(FLAGS, key) + (force ? "?force=true" : "");
            print(remote.send("PATCH", path, patch, headers).body(), FlagCommand::line);
            return 0;
        }
    }
}
