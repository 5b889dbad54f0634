package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout flag export} and {@code turnout flag apply}: all flags as one file beside the code. */
final class FlagFileCommands {
    private static final String FLAGS = "/api/v1/flags";

    private FlagFileCommands() {}

    @Command(name = "export", description = "Prints all flags as one YAML file.")
    static final class Export extends RemoteCommand {
        @Override
        public Integer call() {
            out().print(remote().text(FLAGS + "/export", "application/yaml"));
            out().flush();
            return 0;
        }
    }

    @Command(name = "apply", description = "Makes all flags what a file says, in one transaction; says what differs.")
    static final class Apply extends RemoteCommand {
        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "FILE",
                description = "as `flag export` prints it; - reads standard input")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String file;

        @Option(names = "--dry-run", description = "only say what would change")
        private boolean dryRun;

        @Option(names = "--prune", description = "archive the flags that the file does not name")
        private boolean prune;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        @Override
        public Integer call() {
            String query = "?dryRun=" + dryRun + "&prune=" + prune;
            JsonNode diff =
                    remote().yaml(FLAGS + "/import" + query, text(), reason).body();
            print(diff, Apply::lines);
            return 0;
        }

        private String text() {
            return Input.text(file, "flags as turnout flag export writes them");
        }

        private static List<String> lines(JsonNode diff) {
            List<String> lines = new ArrayList<>();
            diff.path("changes").forEach(change -> {
                lines.add(
                        change.path("what").asText() + " " + change.path("key").asText());
                change.path("members")
                        .forEach(member ->
                                lines.add("    " + member.path("member").asText() + ": " + shown(member.path("before"))
                                        + " -> " + shown(member.path("after"))));
            });
            if (lines.isEmpty()) {
                return List.of("nothing differs");
            }
            lines.add(diff.path("dryRun").asBoolean() ? "nothing was changed: this was a dry run" : "done");
            return lines;
        }

        private static String shown(JsonNode value) {
            return value.isMissingNode() || value.isNull() ? "nothing" : value.toString();
        }
    }
}
