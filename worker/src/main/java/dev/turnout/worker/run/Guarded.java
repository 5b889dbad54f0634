package dev.turnout.worker.run;

import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Work that relies on the sync triggers: asks every few seconds whether they stand as they were installed, and stops when
 * they do not. Rows written in between were carried nowhere. Thread-safe as far as the work is.
 */
final class Guarded implements PhaseWork {
    private static final long BETWEEN_LOOKS_NANOS = Duration.ofSeconds(2).toNanos();

    private final PhaseWork work;
    private boolean looked;
    private long lookedNanos;

    Guarded(PhaseWork work) {
        this.work = work;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        if (due(System.nanoTime())) {
            List<String> broken = SyncTriggers.intact(site);
            if (!broken.isEmpty()) {
                return new Stride.Stop(
                        "the sync triggers are not as they were installed",
                        broken,
                        "enable them again as they were (ALTER TABLE … ENABLE ALWAYS TRIGGER …) and resume: rows written in"
                                + " between are found and done again; if they were dropped or replaced, roll back and start"
                                + " a new run");
            }
        }
        return work.stride(site);
    }

    private synchronized boolean due(long nowNanos) {
        if (looked && nowNanos - lookedNanos < BETWEEN_LOOKS_NANOS) {
            return false;
        }
        looked = true;
        lookedNanos = nowNanos;
        return true;
    }
}
