package dev.turnout.worker.monitor;

import dev.turnout.migration.Chore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the verticle reads and writes of scheduled SQL. Nothing that is recorded here moves a rollout. Thread-safe. */
public interface ChoreBoard {
    /**
     * Claims the chores that are due now; each due one goes to exactly one worker, an overdue one comes once. A worker that
     * asks again has done with, or died over, what it was given before.
     *
     * @param databases connections this worker has
     * @param lease real time after which a claim without a round may be given to another worker
     */
    Future<List<Due>> claimDue(String worker, List<String> databases, Duration lease);

    /** Stores the round and sets the next due time; ignored when the claim is gone. */
    Future<Void> record(Due due, Round round);

    /** @param claim fencing token of this round */
    record Due(long choreId, String migration, String database, Chore chore, long claim) {}

    /**
     * One run of a chore.
     *
     * @param at business time
     * @param took real time
     * @param failed its SQL failed; what had been committed before stays
     * @param rows changed, or given by a query
     * @param listed the first rows of a query, as text
     */
    record Round(
            Instant at, Duration took, boolean failed, String because, long rows, List<Map<String, String>> listed) {
        public Round {
            listed = List.copyOf(listed);
        }
    }
}
