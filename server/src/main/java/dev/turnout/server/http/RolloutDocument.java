package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.rollout.Step;
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
        document.put("migration", row.migration());
        document.put("state", rollout.state());
        document.put("paused", rollout.paused());
        document.put("weight", flag.weight().toString());
        document.put("step", rollout.step());
        document.put(
                "steps",
                rollout.plan().steps().stream().map(RolloutDocument::step).toList());
        document.put("enteredAt", rollout.enteredAt());
        document.put("approvedStep", rollout.approvedStep());
        row.fullSince().ifPresent(since -> document.put("fullSince", since));
        document.put("because", row.because());
        document.put(
                "gates",
                row.gates().stream()
                        .map(gate -> Map.of("name", gate.name(), "health", gate.health(), "because", gate.because()))
                        .toList());
        return document;
    }

    private static Map<String, Object> step(Step step) {
        return Map.of("to", step.to().toString(), "soak", step.soak(), "approve", step.approve());
    }
}
