package dev.turnout.worker.write;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import java.util.Optional;

/** Which side takes writes alone while the sync triggers do not stand. A pure function of the phase. */
final class Lone {
    private Lone() {}

    /** Empty where they must stand: a write has to wait for them. */
    static Optional<Side> side(Phase phase) {
        return switch (phase) {
            case CREATED, EXPANDING, SYNCING, ROLLING_BACK, ROLLED_BACK -> Optional.of(Side.OLD);
            case ANALYZING, BACKFILLING, VERIFYING, READY, ROLLING_OUT, SOAKING, PAUSED, FAILED -> Optional.empty();
            case CONTRACTING, DONE -> Optional.of(Side.NEW);
        };
    }
}
