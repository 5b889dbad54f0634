package dev.turnout.server.console;

import java.util.List;
import java.util.Optional;

/** The steps of a rollout, as the API tells them. Pure. */
final class Steps {
    private Steps() {}

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
