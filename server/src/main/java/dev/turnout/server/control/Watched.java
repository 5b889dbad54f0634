package dev.turnout.server.control;

import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A monitor and what it last said.
 *
 * @param dueAt business time of the next measurement
 * @param interval business time between measurements now: the young one while the step is young
 */
public record Watched(
        long id, Monitor monitor, Instant dueAt, Duration interval, Tally tally, Optional<Measurement> latest) {
    public int failures() {
        return tally.failures();
    }

    public int errors() {
        return tally.errors();
    }
}
