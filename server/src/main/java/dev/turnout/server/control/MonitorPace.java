package dev.turnout.server.control;

import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Monitor;
import java.time.Duration;
import java.time.Instant;

/** How often a monitor measures: often while a step of the rollout is young. Immutable. */
record MonitorPace(Plan plan, Rollout.State state, int step, Instant enteredAt) {
    /** Most bad releases show within the first hour, or not before a good part of the day's traffic was seen. */
    private static final Duration YOUNG = Duration.ofHours(1);

    private static final int SHARE_OF_SOAK = 10;

    /** @param errors in a row: after one it is tried again as soon as on a young step, but not for ever */
    Duration interval(Monitor monitor, Instant now, int errors) {
        boolean again = errors > 0 && errors <= monitor.limits().errors();
        return again || young(now) ? monitor.young() : monitor.interval();
    }

    /**
     * A step is young for an hour or a tenth of its soak, whichever is longer; so is the last one again once those who were
     * held back have followed. Before and after the ramp nothing is.
     */
    private boolean young(Instant now) {
        boolean running = state == Rollout.State.RUNNING;
        if (step < 0 || !(running || state == Rollout.State.COMPLETE)) {
            return running;
        }
        Duration share = plan.steps().get(step).soak().dividedBy(SHARE_OF_SOAK);
        return now.isBefore(enteredAt.plus(share.compareTo(YOUNG) > 0 ? share : YOUNG));
    }
}
