package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout alert …}. */
@Command(
        name = "alert",
        description = "Tries out alerts, lists them, and sets the rules they are acted on by.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AlertCommand.Try.class,
            AlertCommand.All.class,
            AlertRuleCommands.All.class,
            AlertRuleCommands.Set.class,
            AlertRuleCommands.Delete.class
        })
final class AlertCommand implements Runnable {
    private static final String ALERTS = "/api/v1/alerts";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do with alerts: test, list, rules, set-rule or delete-rule");
    }

    private static String named(JsonNode alert) {
        return alert.path("alert").asText("(no name)") + " ("
                + alert.path("fingerprint").asText() + ")";
    }

    private static String decided(JsonNode alert) {
        String reason = alert.path("reason").asText();
        return alert.path("flag").asText("no flag") + "  "
                + alert.path("outcome").asText() + (reason.equals("ACTED") ? "" : " " + reason)
                + (alert.hasNonNull("rule")
                        ? "  by the rule " + alert.path("rule").asText()
                        : "");
    }

    @Command(name = "test", description = "Shows what the server would do about alerts, and why, without doing it.")
    static final class Try extends RemoteCommand {
        @Parameters(
                paramLabel = "FILE",
                description = "what Alertmanager or Grafana sends, as JSON; - reads standard input")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String file;

        @Option(names = "--fresh", description = "as if they had just begun to fire: those in a file are old")
        private boolean fresh;

        @Override
        public Integer call() {
            JsonNode alerts = Input.json(file, "what Alertmanager or Grafana sends");
            print(remote().post(ALERTS + "/test?fresh=" + fresh, alerts).body(), Try::lines);
            return 0;
        }

        private static List<String> lines(JsonNode answer) {
            List<String> lines = new ArrayList<>();
            answer.path("alerts").forEach(alert -> {
                lines.add(named(alert) + "  " + decided(alert));
                lines.add("    " + alert.path("because").asText());
            });
            lines.add(
                    lines.isEmpty()
                            ? "no alerts in it"
                            : answer.path("acted").asText() + " would be acted on; nothing was done: this was a test");
            return lines;
        }
    }

    @Command(name = "list", description = "Lists alerts that came in and what was done about them, the newest first.")
    static final class All extends RemoteCommand {
        @Option(names = "--flag", paramLabel = "KEY", description = "only those about one flag")
        private String flag = "";

        @Override
        public Integer call() {
            String query = flag.isEmpty() ? "" : "?flag=" + URLEncoder.encode(flag, StandardCharsets.UTF_8);
            print(remote().get(ALERTS + query).body(), all -> {
                List<String> lines = new ArrayList<>();
                all.path("alerts").forEach(alert -> {
                    lines.add(alert.path("lastAt").asText() + "  " + named(alert)
                            + (alert.path("firing").asBoolean() ? "" : " resolved") + "  " + decided(alert)
                            + "  sent " + alert.path("times").asText() + "×");
                    lines.add("    " + alert.path("because").asText());
                });
                return lines.isEmpty() ? List.of("no alerts") : lines;
            });
            return 0;
        }
    }
}
