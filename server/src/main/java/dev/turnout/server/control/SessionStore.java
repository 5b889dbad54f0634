package dev.turnout.server.control;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says who goes on with a session of the console, and ends sessions. The control database is asked each time, so that a
 * logout and a revoked token count at once and on every server. While it does not answer, what it said last of a session
 * counts, since nobody can end one then; a session that this server has not seen has to wait. Thread-safe.
 */
public final class SessionStore {
    static final String FIND = "SELECT encode(hash, 'hex') AS hash, encode(previous_hash, 'hex') AS previous_hash, "
            + TokenRows.COLUMNS + " FROM token WHERE decode(?, 'hex') IN (hash, previous_hash)"
            + " AND NOT EXISTS (SELECT FROM ended_session WHERE id = decode(?, 'hex'))";
    static final String END =
            "INSERT INTO ended_session (id, ends_at) VALUES (decode(?, 'hex'), ?) ON CONFLICT DO NOTHING";
    /** The hour is more than clocks of servers are apart. */
    static final String FORGET = "DELETE FROM ended_session WHERE ends_at < clock_timestamp() - interval '1 hour'";

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Between two questions while the database is silent: how late a session that was ended after that is refused at most. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 10_000;

    private final ControlDatabase database;
    private final Clock clock;
    private final Outage outage = new Outage(PAUSE);
    private final Map<String, Shown> seen = new ConcurrentHashMap<>();
    private final AtomicLong ended = new AtomicLong();
    /** Ended here while the database was silent, and when each would have ended by itself. */
    private final Map<String, Instant> unsaved = new ConcurrentHashMap<>();

    /** @param clock business time */
    public SessionStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Whose session it is: empty when it was ended, or when its token is unknown, expired or revoked.
     *
     * @param session what only the session knows
     * @return fails while nobody can tell
     */
    public Future<Optional<Caller>> check(String token, String session) {
        if (!TokenSecret.possible(token)) {
            return Future.succeededFuture(Optional.empty());
        }
        String id = TokenSecret.hash(session);
        if (unsaved.containsKey(id)) {
            return Future.succeededFuture(Optional.empty());
        }
        Optional<Shown> known = Optional.ofNullable(seen.get(id));
        if (outage.goesOn() && known.isPresent()) {
            if (outage.mayProbe()) {
                find(token, id).onSuccess(found -> answers());
            }
            return Future.succeededFuture(caller(known));
        }
        return find(token, id)
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(found -> answers())
                .recover(failure -> {
                    if (!Outage.silent(failure)) {
                        return Future.failedFuture(failure);
                    }
                    outage.begin();
                    return known.isPresent() ? Future.succeededFuture(known) : Future.failedFuture(failure);
                })
                .map(this::caller);
    }

    private void answers() {
        outage.end();
        unsaved.forEach(this::save);
    }

    private Optional<Caller> caller(Optional<Shown> shown) {
        return shown.flatMap(token -> token.caller(clock.instant()));
    }

    private Future<Optional<Shown>> find(String token, String id) {
        String hash = TokenSecret.hash(token);
        long before = ended.get();
        return database.transaction(tx -> tx.first(FIND, row -> row, hash, id))
                .map(found -> found.flatMap(row -> Shown.of(row, hash)))
                .onSuccess(found -> remember(id, found, before));
    }

    /** @param before how many had been ended when it was asked: one that was ended since must not come back */
    private void remember(String id, Optional<Shown> found, long before) {
        if (found.isEmpty()) {
            seen.remove(id);
        } else if (ended.get() == before) {
            if (seen.size() >= MOST_REMEMBERED) {
                seen.clear();
            }
            seen.put(id, found.get());
        }
    }

    /**
     * Ends it for whoever has its cookie; a second time is harmless. When this fails it counts on this server at once, and on
     * the others when the database answers again.
     *
     * @param until real time at which it would end by itself
     */
    public Future<Void> end(String session, Instant until) {
        String id = TokenSecret.hash(session);
        ended.incrementAndGet();
        seen.remove(id);
        unsaved.put(id, until);
        return save(id, until).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Future<Void> save(String id, Instant until) {
        return database.transaction(
                        tx -> tx.change(END, id, Columns.bind(until)).compose(done -> tx.change(FORGET)))
                .onSuccess(saved -> unsaved.remove(id))
                .mapEmpty();
    }
}
