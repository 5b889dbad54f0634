package dev.turnout.flags.rollout;

import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.Complete;
import dev.turnout.flags.rollout.Decision.Release;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Decision.Stay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Where a rollout stands on its plan, and so what it does next. Immutable; the answers are functions of their
 * arguments alone.
 *
 * @param step index into the plan; −1 before the first step
 * @param enteredAt business time since when it is on this step
 * @param approvedStep the highest step that an operator has approved to enter; −1: none
 */
public record Rollout(Plan plan, State state, boolean paused, int step, Instant enteredAt, int approvedStep) {
    /** The gate that is there while a complete rollout still holds units back. */
    public static final String HOLDBACK = "holdback";

    /** IDLE before the ramp opens; LATCHED after a rollback until acknowledged; ENDED when the run is over. */
    public enum State {
        IDLE,
        RUNNING,
        LATCHED,
        COMPLETE,
        ENDED
    }

    public Rollout {
        int last = plan.last();
        if (step < -1 || step > last || approvedStep < -1 || approvedStep > last) {
            throw new IllegalArgumentException(
                    "the plan has steps 0 to " + last + ", not " + step + " (approved: " + approvedStep + ")");
        }
    }

    /**
     * Decides the next move.
     *
     * @param observed the gates that depend on the world: outcomes, monitors, verification
     */
    public Decision decide(Instant now, List<Gate> observed) {
        if (state == State.IDLE || state == State.ENDED) {
            return new Stay(state == State.IDLE ? "the ramp has not been opened yet" : "the rollout is over");
        }
        // First of all, and whatever else holds the rollout: neither a pause nor a missing approval must keep a bad
        // release, nor a latch while some units are still on the new side.
        String bad = named(observed, gate -> gate.health() == Health.BAD);
        boolean nothingToTake = state == State.LATCHED && step < 0;
        if (!bad.isEmpty() && !nothingToTake) {
            return step >= 0 ? new RollBack(bad) : new Stay("not opened: " + bad);
        }
        if (state == State.LATCHED) {
            return new Stay("rolled back; an operator must acknowledge the incident");
        }
        if (state == State.COMPLETE && !heldBack(observed)) {
            return new Stay("complete");
        }
        if (paused) {
            return new Stay("paused by an operator");
        }
        String closed = named(gates(now, observed), gate -> !gate.open());
        if (!closed.isEmpty()) {
            return new Stay("waiting for " + closed);
        }
        if (state == State.COMPLETE) {
            return new Release("every gate is open: the units held back follow");
        }
        if (isLast()) {
            return new Complete("the last step has soaked and every gate is open");
        }
        return new Advance(step + 1, "every gate is open: to " + plan.weight(step + 1));
    }

    /**
     * All gates of the next move: those given, then the soak, the change window and the approval that this step calls for;
     * the approval last, so that nobody is asked about a step that cannot be taken.
     */
    public List<Gate> gates(Instant now, List<Gate> observed) {
        List<Gate> gates = new ArrayList<>(observed);
        if (step >= 0) {
            gates.add(soak(now, plan.steps().get(step)));
        }
        if (moves(observed) && !plan.terms().windows().isEmpty()) {
            gates.add(window(now));
        }
        if (!isLast() && plan.steps().get(step + 1).approve()) {
            gates.add(approval(step + 1));
        }
        return List.copyOf(gates);
    }

    private boolean isLast() {
        return step == plan.last();
    }

    /** Whether the next decision can change the flag: to be complete moves nobody. */
    private boolean moves(List<Gate> observed) {
        return !isLast() || heldBack(observed);
    }

    private boolean heldBack(List<Gate> observed) {
        return state == State.COMPLETE
                && observed.stream().anyMatch(gate -> gate.name().equals(HOLDBACK));
    }

    private Gate window(Instant now) {
        String windows =
                plan.terms().windows().stream().map(ChangeWindow::toString).collect(Collectors.joining(" or "));
        return plan.terms().windows().stream().anyMatch(window -> window.contains(now))
                ? new Gate("change window", Health.GOOD, "within " + windows)
                : new Gate("change window", Health.UNKNOWN, "steps are taken " + windows + " only");
    }

    private Gate soak(Instant now, Step here) {
        Instant over = enteredAt.plus(here.soak());
        if (now.isBefore(over)) {
            Duration left = Duration.between(now, over);
            return new Gate("soak", Health.UNKNOWN, plan.weight(step) + " soaks for another " + words(left));
        }
        return new Gate("soak", Health.GOOD, plan.weight(step) + " has soaked for " + words(here.soak()));
    }

    private Gate approval(int next) {
        String to = plan.weight(next).toString();
        return approvedStep >= next
                ? new Gate("approval", Health.GOOD, to + " is approved")
                : new Gate("approval", Health.UNKNOWN, to + " needs an operator's approval");
    }

    private static String named(List<Gate> gates, Predicate<Gate> which) {
        return gates.stream()
                .filter(which)
                .map(gate -> gate.name() + " (" + gate.because() + ")")
                .collect(Collectors.joining(", "));
    }

    /** The two largest units say enough: {@code 1d 4h}, {@code 12m 5s}. */
    private static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds >= 86_400) {
            return seconds / 86_400 + "d" + (seconds % 86_400 / 3600 > 0 ? " " + seconds % 86_400 / 3600 + "h" : "");
        }
        if (seconds >= 3600) {
            return seconds / 3600 + "h" + (seconds % 3600 / 60 > 0 ? " " + seconds % 3600 / 60 + "m" : "");
        }
        if (seconds >= 60) {
            return seconds / 60 + "m" + (seconds % 60 > 0 ? " " + seconds % 60 + "s" : "");
        }
        return seconds + "s";
    }
}
