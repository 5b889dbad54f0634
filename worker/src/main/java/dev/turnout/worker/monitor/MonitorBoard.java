package dev.turnout.worker.monitor;

import dev.turnout.migration.Monitor;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the monitor verticle reads and writes of the control state. Thread-safe. */
public interface MonitorBoard {
    /**
     * Claims the monitors that are due now; each due one goes to exactly one worker, an overdue one comes once. A worker
     * that asks again has done with, or died over, what it was given before.
     *
     * @param databases connections this worker has
     * @param lease real time after which a claim without a measurement may be given to another worker
     */
    Future<List<Due>> claimDue(String worker, List<String> databases, Duration lease);

    /** Stores the measurement and sets the next due time; ignored when the claim is gone. */
    Future<Void> record(Due due, Measurement measurement);

    /** @param claim fencing token of this measurement */
    record Due(long monitorId, String migration, String database, Monitor monitor, long claim) {}

    /**
     * @param at business time of the query
     * @param took real time
     * @param values the row, as text, for evidence and charts
     */
    record Measurement(Instant at, Duration took, Verdict verdict, String because, Map<String, String> values) {}

    /** INCONCLUSIVE: no row, NULL, too few; ERROR: the query failed. Neither advances, neither rolls back. */
    enum Verdict {
        SUCCESS,
        FAILURE,
        INCONCLUSIVE,
        ERROR
    }
}
