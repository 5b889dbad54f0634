package dev.turnout.worker.throttle;

import java.time.Duration;
import java.util.Optional;

/**
 * What a database said about its load at one moment.
 *
 * @param waiters statements that have run long and wait for a lock that the backfill holds
 * @param replicas standbys that stream from this server
 * @param replicaLag of the slowest; empty: some replica's is unknown, or there is none
 * @param oldestTransaction age of the oldest open transaction, zero when there is none
 * @param connections in use by clients
 * @param maxConnections that the server takes
 */
public record Readings(
        int waiters,
        int replicas,
        Optional<Duration> replicaLag,
        Duration oldestTransaction,
        int connections,
        int maxConnections) {}
