package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Finds out who calls, by bearer token or {@code X-API-Key}. Only hashes are compared and remembered, so nothing of a
 * token can be learnt from how long an answer takes. Thread-safe.
 */
final class Authentication {
    /** How long a revoked token may still be taken. */
    private static final Duration TRUST = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 10_000;
    private static final int LONGEST_TOKEN = 512;
    private static final String BEARER = "bearer ";

    private final Function<String, Future<Optional<Caller>>> verify;
    private final LongSupplier nanoTime;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(Caller caller, long until) {}

    /**
     * @param verify looks a token up in the control database
     * @param nanoTime as {@link System#nanoTime()}
     */
    Authentication(Function<String, Future<Optional<Caller>>> verify, LongSupplier nanoTime) {
        this.verify = verify;
        this.nanoTime = nanoTime;
    }

    /** Fails with a {@link Refusal} 401 when there is no token or nobody has this one. */
    Future<Caller> caller(HttpServerRequest request) {
        Optional<String> token = token(request);
        if (token.isEmpty()) {
            return Future.failedFuture(unauthorized("send a token: Authorization: Bearer …, or X-API-Key: …"));
        }
        String hash = hash(token.get());
        Known before = known.get(hash);
        if (before != null && before.until - nanoTime.getAsLong() > 0) {
            return Future.succeededFuture(before.caller);
        }
        return verify.apply(token.get()).compose(found -> {
            if (found.isEmpty()) {
                known.remove(hash);
                return Future.failedFuture(unauthorized("this token is unknown, expired or revoked"));
            }
            if (known.size() >= MOST_REMEMBERED) {
                known.clear();
            }
            known.put(hash, new Known(found.get(), nanoTime.getAsLong() + TRUST.toNanos()));
            return Future.succeededFuture(found.get());
        });
    }

    private static Optional<String> token(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        String token = authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : request.getHeader("X-API-Key");
        return Optional.ofNullable(token).filter(text -> !text.isEmpty() && text.length() <= LONGEST_TOKEN);
    }

    private static Refusal unauthorized(String detail) {
        return new Refusal(401, "unauthorized", detail, Map.of());
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
