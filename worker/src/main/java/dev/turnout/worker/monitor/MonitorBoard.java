package dev.turnout.worker.monitor;

import dev.turnout.flags.guard.Arms;
import dev.turnout.migration.Monitor;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the monitor verticle reads and writes of the control state. Thread-safe. */
public interface MonitorBoard {
    /**
     * Claims the monitors that are due now, the longest due first and not more than a lease lasts for; each due one goes to
     * exactly one worker, an overdue one comes once. A worker that asks again has done with, or died over, what it was given
     * before.
     *
     * @param sources that this worker reaches, as {@link Monitor.Query#source} has them
     * @param lease real time after which a claim without a measurement may be given to another worker
     */
    Future<List<Due>> claimDue(String worker, List<String> sources, Duration lease);

    /** Stores the measurement and sets the next due time; ignored when the claim is gone. */
    Future<Void> record(Due due, Measurement measurement);

    /**
     * @param since business time, for {@code :from}: of a monitor that compares arms what it has not counted yet
     * @param claim fencing token of this measurement
     */
    record Due(long monitorId, String migration, Monitor monitor, Instant since, long claim) {}

    /**
     * @param at business time of the query
     * @param took real time
     * @param values the row, as text, for evidence and charts
     * @param arms what a monitor that compares arms has counted; empty when it could not
     */
    record Measurement(
            Instant at,
            Duration took,
            Verdict verdict,
            String because,
            Map<String, String> values,
            Optional<Arms> arms) {
        public Measurement(Instant at, Duration took, Verdict verdict, String because, Map<String, String> values) {
            this(at, took, verdict, because, values, Optional.empty());
        }
    }

    /** INCONCLUSIVE: no row, NULL, too few; ERROR: the query failed. Neither advances, neither rolls back. */
    enum Verdict {
        SUCCESS,
        FAILURE,
        INCONCLUSIVE,
        ERROR
    }
}
