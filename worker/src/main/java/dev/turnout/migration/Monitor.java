package dev.turnout.migration;

import java.time.Duration;
import java.util.Optional;

/**
 * A monitoring query, in the field's vocabulary (Argo Rollouts' analysis).
 *
 * @param interval business time between measurements
 * @param young the interval while a step is young; never longer than {@code interval}
 * @param timeout statement timeout, real time
 * @param sql one SELECT that gives one row; {@code :now} is bound to the business instant
 * @param failureCondition SQL condition over the columns of the row
 * @param successCondition likewise; empty: success is when it does not fail
 * @param minSample the column {@code total} must reach this, else the measurement is inconclusive; 0: no such rule
 * @param failureLimit failures in a row that are tolerated
 * @param consecutiveErrorLimit errors in a row that are tolerated before the gate closes
 * @param dryRun measured and shown, never acted on
 */
public record Monitor(
        String name,
        Duration interval,
        Duration young,
        Duration timeout,
        String sql,
        String failureCondition,
        Optional<String> successCondition,
        long minSample,
        int failureLimit,
        int consecutiveErrorLimit,
        boolean dryRun) {}
