package dev.turnout.server.http;

import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Deed;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts requests that were refused for want of a right into the audit: so many that a probe is seen, and no more, so that
 * nobody fills the database with them. An entry says how many before it were left out. Thread-safe.
 */
final class RefusedAttempts {
    private static final Logger log = LoggerFactory.getLogger(RefusedAttempts.class);
    private static final int AT_ONCE = 100;
    /** In the long run: less than nine thousand entries a day, however many attempts there are. */
    private static final double PER_SECOND = 0.1;

    private static final int LONGEST_PATH = 200;

    private final AuditStore audit;
    private final LongSupplier nanoTime;
    private final TokenBucket room;
    private final AtomicLong leftOut = new AtomicLong();

    /** @param nanoTime as {@link System#nanoTime()} */
    RefusedAttempts(AuditStore audit, LongSupplier nanoTime) {
        this.audit = audit;
        this.nanoTime = nanoTime;
        this.room = new TokenBucket(PER_SECOND, AT_ONCE, nanoTime.getAsLong());
    }

    /** @param actor name of the token; {@code nobody} without a valid one */
    void note(HttpServerRequest request, String actor, Refusal refusal) {
        if (room.take(nanoTime.getAsLong()) > 0) {
            leftOut.incrementAndGet();
            return;
        }
        String path = request.path();
        Map<String, Object> attempt = new LinkedHashMap<>();
        attempt.put("status", refusal.code());
        attempt.put("method", request.method().name());
        attempt.put("path", path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "…" : path);
        attempt.put("address", String.valueOf(request.remoteAddress().hostAddress()));
        attempt.put("leftOutBefore", leftOut.getAndSet(0));
        audit.note(Deed.of("access.refused", "token:" + actor).to(attempt), new Change(actor, refusal.detail()))
                .onFailure(failure -> log.warn("a refused attempt is not in the audit: {}", failure.getMessage()));
    }
}
