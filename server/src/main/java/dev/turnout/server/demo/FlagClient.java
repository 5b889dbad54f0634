package dev.turnout.server.demo;

import dev.turnout.flags.Bucket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;

/**
 * The application's line to the flag server: asks by OFREP, one question per patient, and reports outcomes. Plain HTTP, as
 * an application in any language would. Thread-safe; calls block for two seconds at most.
 */
final class FlagClient {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Line line;
    private final String flag;

    /** @param server ends with a slash */
    FlagClient(URI server, String token, String flag) {
        this.line = new Line(server, token, PATIENCE);
        this.flag = flag;
    }

    /** @param version of the flag set that gave the answer; 0 when there is no such flag yet */
    record Answer(Arm arm, long version, int bucket) {}

    /**
     * Asks which side the patient is on; before there is such a flag it is the old one.
     *
     * @throws IOException when there is no answer that can be used
     */
    Answer ask(String patient) throws IOException, InterruptedException {
        int bucket = Bucket.of(flag, patient);
        JsonObject context = new JsonObject().put("targetingKey", patient).put("patientId", patient);
        JsonObject answer;
        try {
            answer = line.post("ofrep/v1/evaluate/flags/" + flag, new JsonObject().put("context", context));
        } catch (Line.Refused e) {
            if (e.notFound()) {
                return new Answer(Arm.OLD, 0, bucket);
            }
            throw e;
        }
        JsonObject metadata = answer.getJsonObject("metadata", new JsonObject());
        Long version = metadata.getLong("version");
        String side = metadata.getString("side");
        if (version == null || side == null) {
            throw new IOException("an answer without version and side: " + answer.encode());
        }
        return new Answer(Arm.valueOf(side), version, bucket);
    }

    /** Sends one report; sending it again under the same number is harmless. */
    void report(String reporter, long seq, long version, Map<Arm, Outcomes.Tally> arms)
            throws IOException, InterruptedException {
        JsonObject sides = new JsonObject();
        arms.forEach((arm, tally) -> sides.put(
                arm.name(),
                new JsonObject()
                        .put("calls", tally.calls)
                        .put("failures", tally.failures)
                        .put("mismatches", tally.mismatches)
                        .put("exposed", buckets(tally.exposed))
                        .put("failed", buckets(tally.failed))
                        .put("mismatched", buckets(tally.mismatched))));
        line.post(
                "api/v1/outcomes",
                new JsonObject()
                        .put("flag", flag)
                        .put("reporter", reporter)
                        .put("seq", seq)
                        .put("version", version)
                        .put("arms", sides));
    }

    private static JsonArray buckets(BitSet units) {
        JsonArray array = new JsonArray();
        units.stream().forEach(array::add);
        return array;
    }
}
