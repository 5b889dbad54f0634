package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout rejected}. */
@Command(name = "rejected", description = "Lists the rows that are put aside, or has them tried again.")
final class RejectedCommand extends MigrationCommand {
    @Option(names = "--retry", description = "have a worker try them again: somebody has mended them")
    private boolean retry;

    @Option(names = "--after", paramLabel = "N", description = "go on where the last page ended")
    private long after;

    @Option(names = "--limit", paramLabel = "N", description = "rows to show, 100 unless given")
    private int limit = 100;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        if (retry) {
            print(
                    remote().post(path("rejected", "retry"), Map.of("reason", reason))
                            .body(),
                    MigrationText::brief);
        } else {
            String page = path("rejected") + "?cursor=" + after + "&limit=" + limit;
            print(remote().get(page).body(), RejectedCommand::lines);
        }
        return 0;
    }

    private static List<String> lines(JsonNode page) {
        List<String> lines = new ArrayList<>();
        lines.add(page.path("total").asText() + " rows are put aside ("
                + page.path("asOf").asText() + ")"
                + (page.path("retryPending").asBoolean() ? ", a worker is to try them again" : ""));
        page.path("rows")
                .forEach(row -> lines.add("  %s %s  %s %s  %s  %s (%s)"
                        .formatted(
                                row.path("side").asText(),
                                row.path("id").asText(),
                                row.path("table").asText(),
                                row.path("key"),
                                row.path("at").asText(),
                                row.path("error").asText(),
                                row.path("sqlstate").asText())));
        if (page.has("next")) {
            lines.add("  more: --after " + page.path("next").asText());
        }
        return lines;
    }
}
