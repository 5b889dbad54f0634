package dev.turnout.server.rollout;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.rollout.Step;
import dev.turnout.server.control.Notice;
import dev.turnout.server.control.Notice.Kind;
import dev.turnout.server.control.RolloutRow;
import java.util.List;

/** What is told to the outside about a rollout that moves, or waits for a person. */
final class Tidings {
    private Tidings() {}

    /** @param weight that the flag has now */
    static Notice stepEntered(RolloutRow row, Weight weight) {
        List<Step> steps = row.rollout().plan().steps();
        int step = row.rollout().step();
        return Notice.of(
                        Kind.STEP_ENTERED,
                        row.flagKey(),
                        row.flagKey() + ": to " + weight + ", step " + (step + 1) + " of " + steps.size())
                .with("migration", row.migration())
                .with("run", row.run())
                .with("step", step)
                .with("steps", steps.size())
                .with("weight", weight.toString());
    }

    /** Whether a rollout waits for an operator's word and for nothing else. */
    static boolean onlyApprovalLacks(RolloutRow row) {
        List<Gate> closed = row.gates().stream().filter(gate -> !gate.open()).toList();
        return row.rollout().state() == Rollout.State.RUNNING
                && !row.rollout().paused()
                && closed.size() == 1
                && closed.get(0).name().equals("approval");
    }

    /** Once for each time that the step comes up. */
    static Notice approvalAwaited(RolloutRow row) {
        int next = row.rollout().step() + 1;
        String to = row.rollout().plan().steps().get(next).to().toString();
        return Notice.of(
                        Kind.APPROVAL_AWAITED,
                        row.flagKey(),
                        row.flagKey() + ": every other gate is open, " + to + " waits for an approval"
                                + " (turnout approve " + row.migration() + ")")
                .with("migration", row.migration())
                .with("run", row.run())
                .with("step", next)
                .with("weight", to)
                .once("approval:" + row.run() + ":" + next + ":" + row.rollout().enteredAt());
    }
}
