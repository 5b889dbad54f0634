package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Puts the endpoints behind one router: who may, limits, what they do, and one form of error. */
final class Api {
    private static final int BODY_LIMIT = 1 << 20;
    private static final Caller NOBODY = new Caller("nobody", Set.of());

    private final Authentication authentication;
    private final Body body = new Body(BODY_LIMIT);
    private final Map<Endpoint, Function<Call, Future<Answer>>> answers = new EnumMap<>(Endpoint.class);

    Api(Authentication authentication, List<Resource> resources) {
        this.authentication = authentication;
        resources.forEach(resource -> answers.putAll(resource.answers()));
        Set<Endpoint> missing = EnumSet.allOf(Endpoint.class);
        missing.removeIf(Endpoint::direct);
        missing.removeAll(answers.keySet());
        if (!missing.isEmpty()) {
            throw new IllegalStateException("nobody answers " + missing);
        }
    }

    Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        new Problems().mount(router);
        answers.forEach((endpoint, answer) ->
                router.route(endpoint.method(), endpoint.path()).handler(ctx -> serve(endpoint, answer, ctx)));
        return router;
    }

    private void serve(Endpoint endpoint, Function<Call, Future<Answer>> answer, RoutingContext ctx) {
        // Nothing of the body is read before it is known who sends it.
        ctx.request().pause();
        caller(endpoint, ctx)
                .onFailure(refused -> ctx.request().resume())
                .compose(caller -> body.read(ctx.request()).compose(read -> answer(answer, ctx, caller, read)))
                .compose(ready -> write(ctx.response(), ready))
                .onFailure(ctx::fail);
    }

    private Future<Caller> caller(Endpoint endpoint, RoutingContext ctx) {
        if (endpoint.open()) {
            return Future.succeededFuture(NOBODY);
        }
        return authentication.caller(ctx.request()).map(endpoint::check);
    }

    private static Future<Answer> answer(
            Function<Call, Future<Answer>> answer, RoutingContext ctx, Caller caller, Buffer body) {
        try {
            return answer.apply(new Call(ctx, caller, body));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static Future<Void> write(HttpServerResponse response, Answer answer) {
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        if (answer.body().orElse("") instanceof Answer.Streaming stream) {
            stream.begin(response);
            return Future.succeededFuture();
        }
        response.setStatusCode(answer.code());
        // What changes by the second must not be kept by anybody on the way.
        response.putHeader("Cache-Control", "no-store");
        answer.headers().forEach(response::putHeader);
        if (answer.body().isEmpty()) {
            return response.end();
        }
        if (answer.body().get() instanceof String text) {
            return response.end(text);
        }
        return response.putHeader("Content-Type", "application/json")
                .end(Wire.write(answer.body().get()));
    }
}
