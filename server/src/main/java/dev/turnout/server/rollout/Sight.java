package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.guard.Watch;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Watched;
import java.time.Instant;
import java.util.List;

/** All that one tick sees of a rollout, as of one business instant. */
record Sight(RolloutRow row, Flag flag, Watch watch, List<Watched> monitors, Instant now) {
    Sight {
        monitors = List.copyOf(monitors);
    }
}
