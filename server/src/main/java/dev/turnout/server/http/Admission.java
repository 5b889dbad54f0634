package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;

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
        if (endpoint.open()) {
            return Future.succeededFuture(NOBODY);
        }
        return authentication
                .caller(ctx.request())
                .onFailure(failure -> note(ctx, NOBODY, failure))
                .compose(caller -> admit(endpoint, ctx, caller)
                        .onFailure(failure -> note(ctx, caller, failure))
                        .map(caller));
    }

    private Future<Void> admit(Endpoint endpoint, RoutingContext ctx, Caller caller) {
        if (endpoint == Endpoint.EVALUATE_FLAG) {
            limits.admitEvaluation(caller);
        } else {
            limits.admit(caller);
        }
        if (!endpoint.admits(caller)) {
            return Future.failedFuture(new Refusal(
                    403,
                    "forbidden",
                    "the token '" + caller.name() + "' may not do this: " + endpoint.needs(),
                    Map.of()));
        }
        return reach.check(endpoint, ctx, caller);
    }

    private void note(RoutingContext ctx, Caller caller, Throwable failure) {
        if (failure instanceof Refusal refusal && (refusal.code() == 401 || refusal.code() == 403)) {
            refused.note(ctx.request(), caller.name(), refusal);
        }
    }
}
