package dev.turnout.worker.run;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.RunTaken;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Passed by every stride of a drive: the first one raises the epoch in the migrated database, which shuts out whoever drove
 * before. Thread-safe.
 */
final class Entrance {
    private boolean passed;

    /** The stride, after the epoch has been raised once. */
    Callable<Stride> first(Site site, PhaseWork work) {
        return () -> {
            try {
                pass(site);
            } catch (RunTaken e) {
                return new Stride.Stop("run " + site.run() + " is not ours", List.of(e.getMessage()), e.mend());
            }
            return work.stride(site);
        };
    }

    /** Something else than a stride, after the epoch has been raised once. Blocks. */
    <T> T then(Site site, Callable<T> what) throws Exception {
        pass(site);
        return what.call();
    }

    private synchronized void pass(Site site) throws SQLException {
        if (!passed) {
            Bookkeeping.enter(site);
            passed = true;
        }
    }
}
