package dev.turnout.server.control;

import io.vertx.core.Future;
import java.time.Duration;

/**
 * Which flags the applications that write to both sides have come to. A change that reverses the order of a unit's writes
 * is settled when every live client has acknowledged it; until then nobody writes in the new order. Thread-safe.
 *
 * <p>Why nobody is overlooked: every beat takes the one row of {@code settled} first, so beats come one after another.
 * Either a new client's beat comes first, and whoever settles sees it; or the version is settled first, and the new
 * client is told so and must have come to it before it writes.
 */
public final class ClientStore {
    /** Real time after which a client that is not heard of counts as dead. */
    public static final Duration LEASE = Duration.ofSeconds(60);

    static final String LOCK = "SELECT version FROM settled FOR UPDATE";
    static final String BEAT = "INSERT INTO client (id, acknowledged, seen_at) VALUES (?, ?, clock_timestamp())"
            + " ON CONFLICT (id) DO UPDATE SET acknowledged = excluded.acknowledged, seen_at = clock_timestamp()";
    static final String FORGET_DEAD =
            "DELETE FROM client WHERE seen_at < clock_timestamp() - CAST(? AS bigint) * interval '1 millisecond'";
    static final String SETTLE = "UPDATE settled SET version = greatest(version,"
            + " coalesce((SELECT min(acknowledged) FROM client), 0)) RETURNING version";
    static final String LEAVE = "DELETE FROM client WHERE id = ?";

    private final ControlDatabase database;

    public ClientStore(ControlDatabase database) {
        this.database = database;
    }

    /**
     * Hears of a client.
     *
     * @param acknowledged no write that it decided by older flags is under way
     * @return the version that all live clients have acknowledged
     */
    public Future<Long> beat(String id, long acknowledged) {
        return database.transaction(tx -> tx.rows(LOCK)
                .compose(locked -> tx.change(BEAT, id, acknowledged))
                .compose(beaten -> tx.change(FORGET_DEAD, LEASE.toMillis()))
                .compose(forgotten -> settle(tx)));
    }

    /** The client has stopped writing for good. */
    public Future<Long> leave(String id) {
        return database.transaction(
                tx -> tx.rows(LOCK).compose(locked -> tx.change(LEAVE, id)).compose(left -> settle(tx)));
    }

    private static Future<Long> settle(Tx tx) {
        return tx.first(SETTLE, row -> row.getLong("version")).map(settled -> settled.orElse(0L));
    }
}
