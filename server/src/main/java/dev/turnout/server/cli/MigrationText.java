package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What operators read of a migration, made from the server's answer. */
final class MigrationText {
    private static final int BAR = 30;

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

    static List<String> full(JsonNode migration) {
        List<String> lines = brief(migration);
        progress(lines, migration.path("progress"), "");
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
        progress(lines, migration.path("progress"), "");
        return lines;
    }

    /** Progress lies in the answer by table or step, to any depth. */
    private static void progress(List<String> lines, JsonNode node, String name) {
        if (node.has("done") && node.has("total")) {
            add(lines, "progress", (name.isEmpty() ? "" : name + " ") + bar(node));
        } else if (node.isObject()) {
            node.properties().forEach(member -> progress(lines, member.getValue(), member.getKey()));
        }
    }

    private static String bar(JsonNode progress) {
        long done = progress.path("done").asLong();
        long total = Math.max(progress.path("total").asLong(), done);
        double share = total == 0 ? 1 : (double) done / total;
        int full = (int) (share * BAR);
        double rate = progress.path("perSecond").asDouble();
        String rejected = progress.path("rejected").asLong() > 0 ? ", " + text(progress, "rejected") + " rejected" : "";
        String pace = rate > 0
                ? String.format(Locale.ROOT, ", %.0f/s, %d s left", rate, (long) Math.ceil((total - done) / rate))
                : "";
        return String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %d of %s%d %s%s%s",
                "#".repeat(full),
                ".".repeat(BAR - full),
                (int) (share * 100),
                done,
                progress.path("estimated").asBoolean() ? "about " : "",
                total,
                text(progress, "unit"),
                pace,
                rejected);
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
