package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.server.control.RolloutRow;
import java.util.LinkedHashMap;
import java.util.Map;

/** A rollout as people and programs read it. */
final class RolloutDocument {
    private RolloutDocument() {}

    static Map<String, Object> write(RolloutRow row, Flag flag) {
        Rollout rollout = row.rollout();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("flag", row.flagKey());
        if (!row.around().alone()) {
            document.put("migration", row.migration());
            document.put("verifyMaxAge", row.proof().maxAge());
        }
        document.put("begunBy", row.around().beganBy());
        document.put("state", rollout.state());
        document.put("paused", rollout.paused());
        document.put("weight", flag.weight().toString());
        document.put("step", rollout.step());
        PlanDocument.write(document, rollout.plan());
        document.put("enteredAt", rollout.enteredAt());
        document.put("approvedStep", rollout.approvedStep());
        row.around().approvedBy().ifPresent(by -> document.put("approvedBy", by));
        row.around().frozen().ifPresent(by -> document.put("frozen", by));
        row.fullSince().ifPresent(since -> document.put("fullSince", since));
        document.put("because", row.because());
        document.put(
                "gates",
                row.gates().stream()
                        .map(gate -> Map.of("name", gate.name(), "health", gate.health(), "because", gate.because()))
                        .toList());
        return document;
    }
}
