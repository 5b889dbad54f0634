package dev.turnout.server.control;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says who shows a token, mostly from memory. A revocation counts after five seconds at most; on the server that does it at
 * once. While the control database does not answer, what was last known of a token counts: nobody can revoke one then, and
 * flags are to be evaluated all the same. Thread-safe.
 */
final class TokenCheck {
    static final String FIND = "SELECT encode(hash, 'hex') AS hash, encode(previous_hash, 'hex') AS previous_hash, "
            + TokenRows.COLUMNS + " FROM token WHERE decode(?, 'hex') IN (hash, previous_hash)";

    /** Real time for which a token that was found is not looked up again: how late a revocation counts at most. */
    private static final Duration REMEMBER = Duration.ofSeconds(5);

    /** A token in use is looked up before it has to be, so that none of its many requests waits for that. */
    private static final Duration REFRESH = Duration.ofSeconds(2);

    /** For the database's word about a token that was valid just now. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int MOST_REMEMBERED = 10_000;

    private final ControlDatabase database;
    private final Clock clock;
    private final Outage outage = new Outage(REMEMBER);
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();
    private final AtomicLong forgotten = new AtomicLong();
    private final Map<String, Future<Optional<Caller>>> asking = new ConcurrentHashMap<>();

    /** @param clock business time */
    TokenCheck(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Something was rotated or revoked here. */
    void forget() {
        forgotten.incrementAndGet();
        asking.clear();
        remembered.clear();
    }

    /** Empty when it is unknown, expired or revoked. */
    Future<Optional<Caller>> check(String token) {
        if (!TokenSecret.possible(token)) {
            return Future.succeededFuture(Optional.empty());
        }
        String shown = TokenSecret.hash(token);
        Remembered known = remembered.get(shown);
        if (known == null) {
            return lookUp(shown);
        }
        long age = System.nanoTime() - known.nanos();
        if (age < REMEMBER.toNanos()) {
            if (age > REFRESH.toNanos() && !outage.goesOn()) {
                lookUp(shown);
            }
            return Future.succeededFuture(valid(known));
        }
        if (outage.goesOn()) {
            if (outage.mayProbe()) {
                lookUp(shown).onSuccess(found -> outage.end());
            }
            return Future.succeededFuture(valid(known));
        }
        return lookUp(shown).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).recover(failure -> {
            if (!Outage.silent(failure)) {
                return Future.failedFuture(failure);
            }
            outage.begin();
            return Future.succeededFuture(valid(known));
        });
    }

    /** One at a time for a token: whoever asks meanwhile gets the same answer. */
    private Future<Optional<Caller>> lookUp(String shown) {
        Promise<Optional<Caller>> mine = Promise.promise();
        Future<Optional<Caller>> running = asking.putIfAbsent(shown, mine.future());
        if (running != null) {
            return here(running);
        }
        find(shown).onComplete(found -> {
            asking.remove(shown, mine.future());
            mine.handle(found);
        });
        return here(mine.future());
    }

    /** On the caller's event loop, whichever loop asked the database. */
    private static <T> Future<T> here(Future<T> answer) {
        Context context = Vertx.currentContext();
        return context == null ? answer : Future.fromCompletionStage(answer.toCompletionStage(), context);
    }

    private Future<Optional<Caller>> find(String shown) {
        long asked = System.nanoTime();
        long before = forgotten.get();
        return database.transaction(tx -> tx.first(FIND, row -> row, shown))
                .map(found -> found.flatMap(row -> Shown.of(row, shown))
                        .flatMap(entry -> valid(remember(shown, new Remembered(entry, asked), before))));
    }

    private Optional<Caller> valid(Remembered found) {
        return found.shown().caller(clock.instant());
    }

    /**
     * Only tokens that exist get here, so guessing fills nothing.
     *
     * @param before what had been forgotten when it was looked up: what was revoked since must not come back
     */
    private Remembered remember(String hash, Remembered found, long before) {
        if (forgotten.get() != before) {
            return found;
        }
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(hash, found);
        return found;
    }

    /** @param nanos {@link System#nanoTime} of the look-up */
    private record Remembered(Shown shown, long nanos) {}
}
