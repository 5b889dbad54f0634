package dev.turnout.worker.phase;

import java.sql.SQLException;

/**
 * The work of one phase, done in bounded strides on a worker thread. A stride may be cut anywhere by {@code kill -9} and
 * is then repeated: it must be idempotent and leave nothing half-done that a repetition does not mend.
 */
public interface PhaseWork {
    /**
     * Does a bounded piece (seconds at most, but for an index build) and says how it went.
     *
     * @throws SQLException when the database failed in a way that a repetition may cure; the caller waits and repeats
     */
    Stride stride(Site site) throws SQLException;
}
