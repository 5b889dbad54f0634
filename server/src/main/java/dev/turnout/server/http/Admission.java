package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Whether a request is let in: who calls, with which roles, how often, to which flags. Thread-safe. */
final class Admission {
    private static final Caller NOBODY = new Caller("nobody", Set.of());

    private final Authentication authentication;
    private final RateLimits limits;
    private final Reach reach;
    private final RefusedAttempts refused;

    Admission(Authentication authentication, RateLimits limits, Reach reach, RefusedAttempts refused) {
        this.authentication = authentication;
        this.limits = limits;
        this.reach = reach;
        this.refused = refused;
    }

    /** Reads nothing of the body. Fails with a {@link Refusal}: 401, 403 or 429. */
    Future<Caller> admit(Endpoint endpoint, RoutingContext ctx) {
        return endpoint.open()
                ? Future.succeededFuture(NOBODY)
                : admit(ctx.request(), endpoint.forAlerting(), caller -> {
                    if (endpoint.forApplications()) {
                        limits.admitApplication(caller);
                    } else {
                        limits.admit(caller);
                    }
                    return reach.check(endpoint, ctx::pathParam, endpoint.check(caller));
                });
    }

    /**
     * The same for an evaluation.
     *
     * @param key of the flag; empty: all that the caller reaches
     */
    Future<Caller> admit(Endpoint endpoint, HttpServerRequest request, Optional<String> key) {
        return admit(request, false, caller -> {
            limits.admitApplication(caller);
            endpoint.check(caller);
            key.ifPresent(flag -> Reach.check(caller, flag));
            return Future.succeededFuture();
        });
    }

    /**
     * Somebody who shows a token in another way than the API's; within the limit of that token.
     *
     * @param shown whose it is
     */
    Future<Caller> admit(HttpServerRequest request, Future<Optional<Caller>> shown) {
        return shown.compose(Authentication::known)
                .onFailure(failure -> note(request, NOBODY, failure))
                .compose(caller -> checked(caller, known -> {
                            limits.admit(known);
                            return Future.succeededFuture();
                        })
                        .map(caller));
    }

    /** What that caller asks within the same request. */
    Future<Void> admit(
            Endpoint endpoint, HttpServerRequest request, Function<String, String> pathParam, Caller caller) {
        return checked(caller, known -> reach.check(endpoint, pathParam, endpoint.check(known)))
                .onFailure(failure -> note(request, caller, failure));
    }

    private Future<Caller> admit(HttpServerRequest request, boolean basic, Function<Caller, Future<Void>> rights) {
        return authentication
                .caller(request, basic)
                .onFailure(failure -> note(request, NOBODY, failure))
                .compose(caller -> checked(caller, rights)
                        .onFailure(failure -> note(request, caller, failure))
                        .map(caller));
    }

    private static Future<Void> checked(Caller caller, Function<Caller, Future<Void>> rights) {
        try {
            return rights.apply(caller);
        } catch (Refusal refused) {
            return Future.failedFuture(refused);
        }
    }

    private void note(HttpServerRequest request, Caller caller, Throwable failure) {
        if (failure instanceof Refusal refusal && (refusal.code() == 401 || refusal.code() == 403)) {
            refused.note(request, caller.name(), refusal);
        }
    }
}
