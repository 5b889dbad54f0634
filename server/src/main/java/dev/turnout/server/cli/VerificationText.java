package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What operators read of rows that are verified anew, made from the server's answer. */
final class VerificationText {
    private static final int LONGEST_BAR = 30;

    private VerificationText() {}

    /** Right after it was asked for. */
    static List<String> asked(JsonNode migration, JsonNode verification) {
        List<String> lines = new ArrayList<>();
        lines.add(
                migration.path("name").asText() + "  " + migration.path("phase").asText());
        lines.add(line(verification, Optional.empty()));
        lines.add(
                "  see how far it is: turnout verify " + migration.path("name").asText());
        return lines;
    }

    static List<String> cancelled(JsonNode migration, JsonNode verification) {
        return List.of(
                migration.path("name").asText() + "  " + migration.path("phase").asText(), line(verification));
    }

    static List<String> watched(JsonNode migration, JsonNode verification, Optional<Terminal> terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(
                migration.path("name").asText() + "  " + migration.path("phase").asText());
        lines.add(line(verification, terminal));
        if (migration.hasNonNull("pausedFrom")) {
            lines.add("  waiting    for the migration to go on: turnout resume "
                    + migration.path("name").asText());
        }
        return lines;
    }

    /**
     * What was to be cancelled is not under way.
     *
     * @param table empty: every one
     */
    static String none(String table, List<JsonNode> open) {
        String others = open.stream()
                .map(each ->
                        each.has("table") ? "--table " + each.path("table").asText() : "every row (without --table)")
                .collect(Collectors.joining(", "));
        return (table.isEmpty() ? "every row" : table) + ": nothing of that is being verified anew"
                + (others.isEmpty() ? "" : "; under way: " + others);
    }

    /** Without a bar. */
    static String line(JsonNode verification) {
        return line(verification, Optional.empty());
    }

    private static String line(JsonNode verification, Optional<Terminal> terminal) {
        long chunks = verification.path("chunks").asLong();
        long done = verification.path("done").asLong();
        String state = verification.path("state").asText();
        int percent = state.equals("DONE") ? 100 : chunks == 0 ? 0 : (int) (100 * done / chunks);
        long differences = verification.path("differences").asLong();
        return String.format(
                Locale.ROOT,
                "  %-10s %s%s  %s; %s by %s%s",
                "anew",
                terminal.map(window -> bar(percent)).orElse(""),
                verification.path("table").asText("every row"),
                chunks > 0 || state.equals("DONE")
                        ? percent + " %, " + done + " of " + chunks + " ranges, "
                                + (differences == 0 ? "no difference found" : differences + " rows differed")
                                // Of the rows that it has not come to it says nothing.
                                + (state.equals("UNMET") ? " in them" : "")
                        : state.equals("UNMET") ? "nothing was verified for it" : "no worker has told yet",
                state.equals("OPEN")
                        ? "asked for at " + verification.path("askedAt").asText()
                        : state.toLowerCase(Locale.ROOT) + " at "
                                + verification.path("overAt").asText() + ", asked for",
                verification.path("askedBy").asText(),
                verification.hasNonNull("unmet")
                        ? ": " + verification.path("unmet").asText()
                        : "");
    }

    private static String bar(int percent) {
        int full = percent * LONGEST_BAR / 100;
        return "[" + "#".repeat(full) + ".".repeat(LONGEST_BAR - full) + "] ";
    }
}
