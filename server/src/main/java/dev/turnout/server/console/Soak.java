package dev.turnout.server.console;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How much of the soak of a step is left. Pure.
 *
 * @param step its percentage
 * @param left zero once it is over
 * @param until business time
 */
record Soak(String step, Duration whole, Duration left, Instant until) {
    /** Empty while no step soaks. */
    static Optional<Soak> of(Doc rollout, Instant now) {
        List<Doc> steps = rollout.list("steps");
        int here = (int) rollout.number("step");
        Optional<Instant> since = rollout.instant("enteredAt");
        if (!rollout.text("state").equals("RUNNING") || here < 0 || here >= steps.size() || since.isEmpty()) {
            return Optional.empty();
        }
        Doc step = steps.get(here);
        Duration whole = step.duration("soak").orElse(Duration.ZERO);
        Instant until = since.get().plus(whole);
        Duration left = Duration.between(now, until);
        return Optional.of(new Soak(step.text("to"), whole, left.isNegative() ? Duration.ZERO : left, until));
    }

    /** That has passed. */
    long percent() {
        return whole.isZero() ? 100 : 100 - (100 * left.toMillis() + whole.toMillis() - 1) / whole.toMillis();
    }
}
