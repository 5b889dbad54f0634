package dev.turnout.server.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout audit}. */
@Command(name = "audit", description = "Lists who changed what, the newest first.")
final class AuditCommand extends RemoteCommand {
    @Option(names = "--subject", paramLabel = "NAME", description = "only what was done to one flag or migration")
    private String subject = "";

    @Option(names = "--limit", paramLabel = "N", description = "at most so many, ${DEFAULT-VALUE} unless set")
    private int limit = 50;

    @Override
    public Integer call() {
        String query = "?limit=" + limit
                + (subject.isEmpty() ? "" : "&subject=" + URLEncoder.encode(subject, StandardCharsets.UTF_8));
        print(remote().get("/api/v1/audit" + query).body(), all -> {
            List<String> lines = new ArrayList<>();
            all.path("entries")
                    .forEach(entry -> lines.add(entry.path("at").asText() + "  "
                            + entry.path("actor").asText() + "  "
                            + entry.path("action").asText() + " "
                            + entry.path("subject").asText() + ": "
                            + entry.path("reason").asText()));
            return lines.isEmpty() ? List.of("nothing has been changed") : lines;
        });
        return 0;
    }
}
