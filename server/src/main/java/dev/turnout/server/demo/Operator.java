package dev.turnout.server.demo;

import dev.turnout.migration.Bundle;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an operator does during the migration, through the same API. Thread-safe; every call blocks. */
final class Operator {
    static final String MIGRATION = "dynamic-services";
    static final String FLAG = "use-dynamic-services";
    private static final String MIGRATIONS = "api/v1/migrations";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Line line;

    Operator(URI server, String token) {
        this.line = new Line(server, token, PATIENCE);
    }

    /** An incident as the API shows it. */
    record Incident(long id, String source, String because, JsonObject evidence, boolean acknowledged) {
        /** What a bad release comes to; monitors may have their own reasons. */
        boolean byOutcomes() {
            return source.equals("OUTCOMES");
        }

        /** The numbers it was decided by, in one line. */
        String numbers() {
            JsonObject outcomes = evidence.getJsonObject("outcomes", new JsonObject());
            JsonObject alarm = outcomes.getJsonObject("alarm", new JsonObject());
            return "new side " + counts(outcomes, "new") + ", old side " + counts(outcomes, "old")
                    + (alarm.isEmpty()
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    ", statistic %.3g against a threshold of %.3g",
                                    alarm.getDouble("statistic"),
                                    alarm.getDouble("threshold")));
        }

        private static String counts(JsonObject outcomes, String side) {
            JsonObject seen = outcomes.getJsonObject(side, new JsonObject());
            return seen.getInteger("failures", 0) + " of " + seen.getInteger("units", 0) + " units failed";
        }
    }

    void start() throws IOException, InterruptedException {
        JsonObject files = new JsonObject();
        Bundle bundle = Hospital.hurriedBundle();
        bundle.files().forEach(files::put);
        line.post(MIGRATIONS, reason("the demo").put("main", bundle.main()).put("files", files));
    }

    /** Empty before {@link #start()}. */
    Optional<Standing> standing() throws IOException, InterruptedException {
        try {
            return Optional.of(new Standing(line.get(MIGRATIONS + "/" + MIGRATION)));
        } catch (Line.Refused e) {
            if (e.notFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Newest first. */
    List<Incident> incidents() throws IOException, InterruptedException {
        return line.get("api/v1/incidents?flag=" + FLAG).getJsonArray("incidents").stream()
                .map(JsonObject.class::cast)
                .map(each -> new Incident(
                        each.getLong("id"),
                        each.getString("source", ""),
                        each.getString("because", ""),
                        each.getJsonObject("evidence", new JsonObject()),
                        each.getValue("acknowledgedBy") != null))
                .toList();
    }

    void acknowledge(Incident incident, String because) throws IOException, InterruptedException {
        line.post("api/v1/incidents/" + incident.id() + "/acknowledge", reason(because));
    }

    void approveStep(String because) throws IOException, InterruptedException {
        line.post("api/v1/rollouts/" + FLAG + "/approve", reason(because));
    }

    void recordBackup(String where) throws IOException, InterruptedException {
        line.post(
                MIGRATIONS + "/" + MIGRATION + "/backup",
                reason("before the old side goes").put("reference", where));
    }

    void approveContract(String because) throws IOException, InterruptedException {
        line.post(MIGRATIONS + "/" + MIGRATION + "/approve", reason(because));
    }

    private static JsonObject reason(String text) {
        return new JsonObject().put("reason", text);
    }
}
