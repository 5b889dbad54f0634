package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout incident show}. */
@Command(
        name = "incident",
        description = "Shows an incident.",
        mixinStandardHelpOptions = true,
        subcommands = IncidentCommand.Show.class)
final class IncidentCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: show");
    }

    /** Exit status 1 when deciding again comes to something else. */
    @Command(name = "show", description = "Shows what was decided, by what, and whether it follows from that.")
    static final class Show extends RemoteCommand {
        @Parameters(paramLabel = "INCIDENT", description = "its number, as `turnout incidents` shows it")
        private long incident;

        @Option(names = "--recompute", description = "decides again by the evidence, and says whether it agrees")
        private boolean recompute;

        @Override
        public Integer call() {
            String path = Remote.path("/api/v1/incidents", Long.toString(incident));
            JsonNode found =
                    remote().get(path + (recompute ? "?recompute=true" : "")).body();
            print(found, Show::lines);
            return found.path("recomputed").path("agrees").asBoolean(true) ? 0 : 1;
        }

        private static List<String> lines(JsonNode incident) {
            List<String> lines = new ArrayList<>(IncidentsCommand.lines(incident));
            JsonNode evidence = incident.path("evidence");
            JsonNode outcomes = evidence.path("outcomes");
            if (!outcomes.isMissingNode()) {
                lines.add("outcomes");
                outcomes.properties().forEach(each -> lines.add("    " + each.getKey() + ": " + each.getValue()));
            }
            evidence.path("gates")
                    .forEach(gate -> lines.add("gate " + gate.path("name").asText() + ": "
                            + gate.path("health").asText() + ", "
                            + gate.path("because").asText()));
            evidence.path("monitors")
                    .forEach(monitor ->
                            lines.add("monitor " + monitor.path("name").asText() + ": "
                                    + monitor.path("verdict").asText("not measured") + " "
                                    + monitor.path("readings") + " by "
                                    + monitor.path("query").asText()));
            JsonNode again = incident.path("recomputed");
            if (!again.isMissingNode()) {
                lines.addAll(recomputed(again));
            }
            return lines;
        }

        private static List<String> recomputed(JsonNode again) {
            if (!again.has("agrees")) {
                return List.of("recomputed: " + again.path("because").asText());
            }
            List<String> lines = new ArrayList<>();
            lines.add(
                    again.path("agrees").asBoolean()
                            ? "recomputed: the same, " + decision(again.path("again"))
                            : "recomputed: DIFFERENT, " + decision(again.path("again")) + "; kept was "
                                    + decision(again.path("kept")));
            again.path("statistics")
                    .forEach(each ->
                            lines.add("    suspicion of " + each.path("metric").asText() + ": "
                                    + each.path("again").asText() + ", kept "
                                    + each.path("kept").asText()));
            return lines;
        }

        private static String decision(JsonNode decision) {
            return decision.path("kind").asText() + ": "
                    + decision.path("because").asText();
        }
    }
}
