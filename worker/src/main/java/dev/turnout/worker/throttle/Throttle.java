package dev.turnout.worker.throttle;

import java.time.Duration;
import java.util.Optional;

/**
 * When the backfill has to wait. Pure: same readings, same answer; what cannot be read is a reason to wait. Immutable.
 *
 * @param replicaLag a replica further behind would serve stale reads; also the most that a failover may lose
 * @param oldestTransaction an older one keeps vacuum from removing the row versions that a backfill leaves behind
 * @param connectionShare of max_connections; above it the application is short of connections and needs the server itself
 */
public record Throttle(Duration replicaLag, Duration oldestTransaction, double connectionShare) {
    public static final Throttle DEFAULT = new Throttle(Duration.ofSeconds(5), Duration.ofMinutes(15), 0.9);

    Throttle withReplicaLag(Duration most) {
        return new Throttle(most, oldestTransaction, connectionShare);
    }

    /** The first reason to wait, for operators; empty: go on. */
    public Optional<String> reason(Readings now) {
        if (now.waiters() > 0) {
            return Optional.of(now.waiters() + " statement(s) of the application wait for a lock of the backfill");
        }
        if (now.replicas() > 0 && now.replicaLag().isEmpty()) {
            return Optional.of("the lag of a replica is unknown (may the role see replication?)");
        }
        if (now.replicaLag().filter(lag -> lag.compareTo(replicaLag) > 0).isPresent()) {
            return Optional.of("a replica is " + seconds(now.replicaLag().get()) + " s behind, limit "
                    + seconds(replicaLag) + " s");
        }
        if (now.oldestTransaction().compareTo(oldestTransaction) > 0) {
            return Optional.of("a transaction is open for " + seconds(now.oldestTransaction())
                    + " s and keeps old row versions from being cleaned up, limit " + seconds(oldestTransaction)
                    + " s");
        }
        if (now.connections() > connectionShare * now.maxConnections()) {
            return Optional.of(
                    now.connections() + " of " + now.maxConnections() + " connections of the server are in use");
        }
        return Optional.empty();
    }

    private static long seconds(Duration duration) {
        return duration.toSeconds();
    }
}
