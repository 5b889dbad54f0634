package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** How often each token may ask this server. Thread-safe. */
final class RateLimits {
    /** Of tokens that exist, so nobody from outside fills it. */
    private static final int MOST_REMEMBERED = 10_000;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private final Map<String, Limited> tokens = new ConcurrentHashMap<>();

    private record Limited(int perSecond, TokenBucket bucket) {}

    /**
     * @param perSecond for a token without a limit of its own
     * @param nanoTime as {@link System#nanoTime()}
     */
    RateLimits(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    /** @throws Refusal 429 with the seconds after which to come again */
    void admit(Caller caller) {
        admit(caller, caller.requestsPerSecond().orElse(perSecond));
    }

    /**
     * For what applications send, many thousand a second: only a token's own limit counts.
     *
     * @throws Refusal 429 with the seconds after which to come again
     */
    void admitApplication(Caller caller) {
        if (caller.requestsPerSecond().isPresent()) {
            admit(caller, caller.requestsPerSecond().getAsInt());
        }
    }

    private void admit(Caller caller, int limit) {
        long now = nanoTime.getAsLong();
        Limited known = tokens.get(caller.name());
        if (known == null || known.perSecond != limit) {
            if (tokens.size() >= MOST_REMEMBERED) {
                tokens.clear();
            }
            known = tokens.compute(
                    caller.name(),
                    (name, there) -> there == null || there.perSecond != limit
                            ? new Limited(limit, TokenBucket.of(limit, now))
                            : there);
        }
        int seconds = known.bucket.take(now);
        if (seconds > 0) {
            throw new Refusal(
                    429,
                    "too-many-requests",
                    "the token '" + caller.name() + "' may ask " + limit + " times a second: come again in " + seconds
                            + " s",
                    Map.of(Refusal.RETRY_AFTER, seconds));
        }
    }
}
