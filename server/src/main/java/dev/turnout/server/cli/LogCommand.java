package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout log}. */
@Command(
        name = "log",
        description = "Shows what was done to the schema, and the latest batches of each table, the newest first.")
final class LogCommand extends MigrationCommand {
    @Option(names = "--table", paramLabel = "TABLE", description = "only batches of this one")
    private @Nullable String table;

    @Option(names = "--last", paramLabel = "N", description = "so many batches of each, 40 at most; 10 unless given")
    private int last = 10;

    @Override
    public Integer call() {
        String only = Optional.ofNullable(table)
                .map(one -> "&table=" + URLEncoder.encode(one, StandardCharsets.UTF_8))
                .orElse("");
        print(remote().get(path("log") + "?last=" + last + only).body(), LogCommand::lines);
        return ExitStatus.DONE.code();
    }

    private static List<String> lines(JsonNode log) {
        List<String> lines = new ArrayList<>();
        lines.add(log.path("changes").isEmpty() ? "nothing is done to the schema yet" : "changes of the schema");
        log.path("changes").forEach(change -> lines.add(change(change)));
        log.path("batches").properties().forEach(each -> {
            lines.add("batches of " + each.getKey());
            each.getValue().forEach(batch -> lines.add(batch(batch)));
        });
        return lines;
    }

    private static String change(JsonNode change) {
        return "  %s  %-8s %9s  %s%s"
                .formatted(
                        change.path("at").asText(),
                        change.path("state").asText().toLowerCase(Locale.ROOT),
                        change.has("tookMs") ? change.path("tookMs").asText() + " ms" : "",
                        (change.path("undo").asBoolean() ? "taken back: " : "")
                                + change.path("change").asText() + " on "
                                + change.path("database").asText(),
                        change.path("failures").asInt() == 0
                                ? ""
                                : "; failed " + change.path("failures").asText() + " time(s), the last with: "
                                        + change.path("lastFailure").asText());
    }

    private static String batch(JsonNode batch) {
        return "  %s  %7s rows %7s ms  %s/%s%s%s"
                .formatted(
                        batch.path("at").asText(),
                        batch.path("rows").asText(),
                        batch.path("tookMs").asText(),
                        batch.path("worker").asText(),
                        batch.path("lane").asText(),
                        batch.path("putAside").asBoolean() ? "  a row was put aside" : "",
                        batch.has("waitedFor")
                                ? "  after waiting " + batch.path("waitedMs").asText() + " ms for: "
                                        + batch.path("waitedFor").asText()
                                : "");
    }
}
