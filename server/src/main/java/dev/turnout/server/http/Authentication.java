package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out who calls, by bearer token or {@code X-API-Key}. Whoever verifies remembers tokens for a while; a second
 * memory here would outlive a revocation. Thread-safe.
 */
final class Authentication {
    private static final int LONGEST_TOKEN = 512;
    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    private final Function<String, Future<Optional<Caller>>> verify;

    /** @param verify says whose token it is */
    Authentication(Function<String, Future<Optional<Caller>>> verify) {
        this.verify = verify;
    }

    /**
     * Fails with a {@link Refusal} 401 when there is no token or nobody has this one.
     *
     * @param basic whether the token may come as the password of basic authentication. Not where browsers go: they would
     *     send it along by themselves
     */
    Future<Caller> caller(HttpServerRequest request, boolean basic) {
        Optional<String> token = basic ? password(request).or(() -> token(request)) : token(request);
        if (token.isEmpty()) {
            return Future.failedFuture(unauthorized("send a token: Authorization: Bearer …, or X-API-Key: …"));
        }
        return caller(token.get());
    }

    private Future<Caller> caller(String token) {
        return verify.apply(token).compose(Authentication::known);
    }

    /** The same of a token that came in another way, and that somebody else has looked up. */
    static Future<Caller> known(Optional<Caller> found) {
        return found.map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(unauthorized("this token is unknown, expired or revoked")));
    }

    private static Optional<String> token(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        String token = authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : request.getHeader("X-API-Key");
        return Optional.ofNullable(token).filter(text -> !text.isEmpty() && text.length() <= LONGEST_TOKEN);
    }

    /** Of whatever user. */
    private static Optional<String> password(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        if (authorization == null || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(BASIC.length()).strip());
            String pair = new String(decoded, StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1))
                    .filter(text -> !text.isEmpty() && text.length() <= LONGEST_TOKEN);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Refusal unauthorized(String detail) {
        return new Refusal(401, "unauthorized", detail, Map.of());
    }
}
