package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What operators read of a migration, made from the server's answer. */
final class MigrationText {
    private static final int LONGEST_BAR = 30;
    /** Characters of a line that are not bar: with rate, time left and share of waiting. */
    private static final int BESIDE_BAR = 90;

    private MigrationText() {}

    static List<String> brief(JsonNode migration) {
        List<String> lines = new ArrayList<>();
        lines.add(text(migration, "name") + "  " + text(migration, "phase")
                + (text(migration, "wish").equals("RUN") ? "" : " (wanted: " + text(migration, "wish") + ")"));
        add(lines, "because", text(migration, "because"));
        add(lines, "waiting", text(migration, "waitingFor"));
        add(lines, "next", text(migration, "nextAction"));
        return lines;
    }

    /** Where nobody looks at a terminal, without bars. */
    static List<String> full(JsonNode migration) {
        return full(migration, Optional.empty());
    }

    static List<String> full(JsonNode migration, Optional<Terminal> terminal) {
        List<String> lines = brief(migration);
        progress(lines, migration.path("progress"), "", terminal);
        if (migration.path("rejected").asLong() > 0) {
            add(lines, "rejected", text(migration, "rejected") + " rows: turnout rejected " + text(migration, "name"));
        }
        migration.path("verifications").forEach(each -> {
            if (text(each, "state").equals("OPEN")) {
                lines.add(VerificationText.line(each));
            }
        });
        if (!migration.path("tuning").isEmpty()) {
            add(lines, "tuning", tuned(migration));
        }
        if (migration.hasNonNull("rollout")) {
            lines.addAll(rollout(migration.path("rollout")));
        }
        migration
                .path("monitors")
                .forEach(monitor -> add(
                        lines,
                        "monitor",
                        text(monitor, "name") + ": " + text(monitor, "verdict").toLowerCase(Locale.ROOT) + ", "
                                + text(monitor, "because")));
        migration
                .path("schedule")
                .forEach(chore -> add(
                        lines,
                        "schedule",
                        text(chore, "name") + ": " + (chore.path("failed").asBoolean() ? "failed, " : "")
                                + text(chore, "because")));
        if (migration.path("openIncidents").asInt() > 0) {
            add(lines, "incidents", migration.path("openIncidents").asText() + " open: turnout incidents");
        }
        migration.path("problems").forEach(problem -> add(lines, "problem", problem.asText()));
        return lines;
    }

    static List<String> tuning(JsonNode migration) {
        List<String> lines = new ArrayList<>();
        lines.add(text(migration, "name") + "  " + text(migration, "phase"));
        add(lines, "tuning", migration.path("tuning").isEmpty() ? "left to the engine" : tuned(migration));
        add(lines, "waiting", text(migration, "waitingFor"));
        return lines;
    }

    private static String tuned(JsonNode migration) {
        List<String> words = new ArrayList<>();
        migration
                .path("tuning")
                .properties()
                .forEach(word -> words.add(word.getKey() + " " + word.getValue().asText()));
        return String.join(", ", words);
    }

    static List<String> rollout(JsonNode rollout) {
        List<String> lines = new ArrayList<>();
        add(
                lines,
                "flag",
                text(rollout, "flag") + " at " + text(rollout, "weight") + ", "
                        + text(rollout, "state").toLowerCase(Locale.ROOT)
                        + (rollout.path("paused").asBoolean() ? ", paused" : "") + ", step "
                        + (rollout.path("step").asInt() + 1) + " of "
                        + rollout.path("steps").size());
        add(lines, "because", text(rollout, "because"));
        rollout.path("gates")
                .forEach(gate -> add(
                        lines,
                        "gate",
                        text(gate, "name") + ": " + text(gate, "health").toLowerCase(Locale.ROOT) + ", "
                                + text(gate, "because")));
        return lines;
    }

    static List<String> verification(JsonNode migration) {
        List<String> lines = new ArrayList<>();
        lines.add(text(migration, "name") + "  " + text(migration, "phase"));
        add(
                lines,
                "verified",
                migration.hasNonNull("verifiedFrom")
                        ? "every row since " + text(migration, "verifiedFrom")
                        : "not every row has been verified yet");
        add(lines, "mismatches", migration.path("mismatches").asText("0"));
        progress(lines, migration.path("progress"), "", Optional.empty());
        migration.path("verifications").forEach(each -> lines.add(VerificationText.line(each)));
        return lines;
    }

    /** Progress lies in the answer by table or step, to any depth. */
    private static void progress(List<String> lines, JsonNode node, String name, Optional<Terminal> terminal) {
        if (node.has("done") && node.has("total")) {
            add(lines, "progress", (name.isEmpty() ? "" : name + " ") + measured(node, terminal));
        } else if (node.isObject()) {
            node.properties().forEach(member -> progress(lines, member.getValue(), member.getKey(), terminal));
        }
    }

    private static String measured(JsonNode progress, Optional<Terminal> terminal) {
        long done = progress.path("done").asLong();
        long total = Math.max(progress.path("total").asLong(), done);
        // The server has the last word: it says 100 only of what is no estimate.
        int percent = progress.path("percent").asInt(total == 0 ? 100 : (int) (100 * done / total));
        double rate = progress.path("perSecond").asDouble();
        String rejected = progress.path("rejected").asLong() > 0 ? ", " + text(progress, "rejected") + " rejected" : "";
        String pace = (rate > 0 ? String.format(Locale.ROOT, ", %.0f/s", rate) : "") + left(progress);
        return String.format(
                Locale.ROOT,
                "%s%3d %%  %d of %s%d %s%s%s",
                terminal.map(window -> bar(percent, window.columns())).orElse(""),
                percent,
                done,
                progress.path("estimated").asBoolean() ? "about " : "",
                total,
                text(progress, "unit"),
                pace,
                rejected);
    }

    private static String bar(int percent, int columns) {
        int length = Math.min(LONGEST_BAR, Math.max(LONGEST_BAR / 3, columns - BESIDE_BAR));
        int full = percent * length / 100;
        return "[" + "#".repeat(full) + ".".repeat(length - full) + "] ";
    }

    private static String left(JsonNode progress) {
        JsonNode range = progress.path("secondsLeft");
        String left = "";
        if (range.has("from")) {
            String from = span(range.path("from").asLong());
            String to = range.has("to") ? span(range.path("to").asLong()) : "";
            left = to.isEmpty()
                    ? ", at least " + from + " left"
                    : ", " + (from.equals(to) ? from : from + " to " + to) + " left";
        }
        long throttled = progress.path("throttledPercent").asLong();
        return throttled > 0 ? left + ", throttled " + throttled + " % of the time" : left;
    }

    private static String span(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
    }

    private static void add(List<String> lines, String label, String text) {
        if (!text.isBlank()) {
            lines.add(String.format(Locale.ROOT, "  %-10s %s", label, text));
        }
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText("");
    }
}
