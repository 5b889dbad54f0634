package dev.turnout.server.console;

import java.util.List;

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

    /** What the next step sends to the new side; only where there is one. */
    static String next(Doc rollout) {
        return rollout.list("steps").get((int) rollout.number("step") + 1).text("to");
    }
}
