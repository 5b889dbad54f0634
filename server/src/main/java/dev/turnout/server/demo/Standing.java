package dev.turnout.server.demo;

import dev.turnout.flags.Weight;
import dev.turnout.migration.Phase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the migration stands, as the server's answer has it. */
final class Standing {
    private static final int BAR = 24;

    private final JsonObject answer;

    Standing(JsonObject answer) {
        this.answer = answer;
    }

    Phase phase() {
        return Phase.valueOf(answer.getString("phase"));
    }

    String because() {
        return answer.getString("because", "");
    }

    /** What is waited for, empty while work goes on. */
    String waitingFor() {
        return answer.getString("waitingFor", "");
    }

    /** Everything an operator should read when it does not go on. */
    List<String> troubles() {
        List<String> all = new ArrayList<>();
        all.add(phase() + ": " + because());
        answer.getJsonArray("problems", new JsonArray()).forEach(problem -> all.add(String.valueOf(problem)));
        all.add(answer.getString("nextAction", ""));
        all.removeIf(String::isBlank);
        return all;
    }

    Weight weight() {
        String weight = rollout().getString("weight", "0%");
        return Weight.parse(weight);
    }

    String rolloutBecause() {
        return rollout().getString("because", "");
    }

    boolean contractApproved() {
        return answer.getValue("contractApproved") != null;
    }

    boolean backedUp() {
        return answer.getValue("backup") != null;
    }

    private JsonObject rollout() {
        JsonObject rollout = answer.getJsonObject("rollout");
        return rollout == null ? new JsonObject() : rollout;
    }

    /** The report that a phase left behind; empty when there is none. */
    JsonObject report(Phase of) {
        JsonObject reports = answer.getJsonObject("reports");
        JsonObject report = reports == null ? null : reports.getJsonObject(of.name());
        return report == null ? new JsonObject() : report;
    }

    /** Bars of what is under way, one line each. */
    List<String> progress() {
        List<String> lines = new ArrayList<>();
        collect(answer.getValue("progress"), lines);
        return lines;
    }

    private static void collect(Object node, List<String> lines) {
        if (!(node instanceof JsonObject object)) {
            return;
        }
        if (object.containsKey("done") && object.containsKey("total")) {
            long done = object.getLong("done");
            long total = Math.max(object.getLong("total"), done);
            double perSecond = object.getDouble("perSecond", 0.0);
            lines.add(bar(total == 0 ? 1 : (double) done / total)
                    + String.format(Locale.ROOT, " %,d of %,d %s", done, total, object.getString("unit", ""))
                    + (perSecond > 0 ? String.format(Locale.ROOT, ", %,.0f/s", perSecond) : ""));
        } else {
            for (Map.Entry<String, Object> member : object) {
                collect(member.getValue(), lines);
            }
        }
    }

    /** @param share from 0 to 1 */
    static String bar(double share) {
        int full = (int) Math.round(share * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + String.format(Locale.ROOT, "] %3.0f %%", share * 100);
    }
}
