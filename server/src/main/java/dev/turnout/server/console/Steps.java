package dev.turnout.server.console;

import java.util.List;
import java.util.Optional;

/** The steps of a rollout, as the API tells them. Pure. */
final class Steps {
    /** What the spec has unless it says otherwise, and room for two more. */
    static final List<Step> USUAL = List.of(
            new Step("5%", "24h", false),
            new Step("25%", "48h", false),
            new Step("50%", "48h", false),
            new Step("100%", "7d", true),
            new Step("", "", false),
            new Step("", "", false));

    private Steps() {}

    /** As a form has it before somebody fills it in. */
    record Step(String to, String soak, boolean approve) {}

    /** Where somebody may skip to. */
    static List<Doc> ahead(Doc rollout) {
        List<Doc> steps = rollout.list("steps");
        return steps.subList((int) Math.min(rollout.number("step") + 1, steps.size()), steps.size());
    }

    /** Whether the step after this one waits for an operator's word. */
    static boolean needsApproval(Doc rollout) {
        List<Doc> steps = rollout.list("steps");
        int next = (int) rollout.number("step") + 1;
        return rollout.text("state").equals("RUNNING")
                && next < steps.size()
                && steps.get(next).is("approve")
                && rollout.number("approvedStep") < next;
    }

    /** What the next step sends to the new side; empty on the last one. */
    static Optional<String> next(Doc rollout) {
        List<Doc> steps = rollout.list("steps");
        int next = (int) rollout.number("step") + 1;
        return next < steps.size() ? Optional.of(steps.get(next).text("to")) : Optional.empty();
    }
}
