package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout incidents}. */
@Command(name = "incidents", description = "Lists what went wrong, the newest first.")
final class IncidentsCommand extends RemoteCommand {
    @Option(names = "--flag", paramLabel = "KEY", description = "only those of one flag")
    private String flag = "";

    @Override
    public Integer call() {
        String query = flag.isEmpty() ? "" : "?flag=" + URLEncoder.encode(flag, StandardCharsets.UTF_8);
        print(remote().get("/api/v1/incidents" + query).body(), all -> {
            List<String> lines = new ArrayList<>();
            all.path("incidents").forEach(incident -> lines.addAll(lines(incident)));
            return lines.isEmpty() ? List.of("no incidents") : lines;
        });
        return 0;
    }

    static List<String> lines(JsonNode incident) {
        return List.of(
                incident.path("id").asText() + "  " + incident.path("at").asText() + "  "
                        + incident.path("flag").asText() + "  "
                        + incident.path("source").asText() + "  "
                        + incident.path("weightBefore").asText() + " -> "
                        + incident.path("weightAfter").asText() + "  "
                        + (incident.hasNonNull("acknowledgedBy")
                                ? "acknowledged by "
                                        + incident.path("acknowledgedBy").asText()
                                : "OPEN"),
                "    " + incident.path("because").asText());
    }
}
