package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.guard.Figures;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Watched;
import java.time.Instant;
import java.util.List;

/** All that one tick decides by, as of one business instant; kept with each decision, so that it can be made again. */
record Sight(RolloutRow row, Flag flag, Figures figures, List<Watched> monitors, Instant now) {
    Sight {
        monitors = List.copyOf(monitors);
    }

    Sight with(RolloutRow row) {
        return new Sight(row, flag, figures, monitors, now);
    }
}
