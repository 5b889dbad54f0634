package dev.turnout.server.http;

import dev.turnout.server.settings.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Puts the endpoints behind one router: who may, limits, what they do, and one form of error. */
final class Api {
    /** A write has its key in its outbox, a report its number; a client's word only ever rises. */
    private static final Set<Endpoint> ONCE_BY_THEMSELVES =
            EnumSet.of(Endpoint.LEAVE_WRITE, Endpoint.REPORT_OUTCOMES, Endpoint.BEAT_CLIENT);

    private final Contract contract;
    private final Admission admission;
    private final Once once;
    private final Settings.Listen listen;
    private final Body body;
    private final RequestMetrics metrics;
    private final Map<Endpoint, Function<Call, Future<Answer>>> answers = new EnumMap<>(Endpoint.class);
    private final Map<Endpoint, Consumer<Call>> readings = new EnumMap<>(Endpoint.class);

    /** For the event loop that this is called on. */
    Api(
            Vertx vertx,
            Contract contract,
            Admission admission,
            Once once,
            Settings.Listen listen,
            RequestMetrics metrics,
            List<Resource> resources) {
        this.contract = contract;
        this.admission = admission;
        this.once = once;
        this.listen = listen;
        this.metrics = metrics;
        this.body = new Body(listen.limits().bodyBytes(), listen.limits().bodyTime());
        resources.forEach(resource -> {
            answers.putAll(resource.answers());
            readings.putAll(resource.readings());
        });
        Set<Endpoint> missing = EnumSet.allOf(Endpoint.class);
        missing.removeIf(Endpoint::direct);
        missing.removeAll(answers.keySet());
        if (!missing.isEmpty()) {
            throw new IllegalStateException("nobody answers " + missing);
        }
        check(vertx);
    }

    private void check(Vertx vertx) {
        OpenAPIContract bound = contract.bound();
        RequestCheck check = new RequestCheck(vertx, bound);
        for (Operation operation : bound.operations()) {
            Endpoint endpoint = Endpoint.of(operation.getOperationId());
            Function<Call, Future<Answer>> answer = Objects.requireNonNull(answers.get(endpoint));
            boolean onlyOnce = endpoint.method().equals(HttpMethod.POST) && !ONCE_BY_THEMSELVES.contains(endpoint);
            Consumer<Call> reading = readings.getOrDefault(endpoint, call -> {});
            answers.put(endpoint, call -> check.check(call, operation, reading)
                    .compose(fine -> onlyOnce ? once.answer(call, () -> answer.apply(call)) : answer.apply(call)));
        }
    }

    Router router(Vertx vertx) {
        OpenAPIContract bound = contract.bound();
        RouterBuilder builder = RouterBuilder.create(vertx, bound);
        Cors.handler(listen.origins()).ifPresent(builder::rootHandler);
        Map<Endpoint, Function<Call, Future<Answer>>> others = new EnumMap<>(answers);
        for (Operation operation : bound.operations()) {
            Endpoint endpoint = Endpoint.of(operation.getOperationId());
            Function<Call, Future<Answer>> answer = Objects.requireNonNull(others.remove(endpoint));
            // Who calls is asked before anything is read of a request, so both are done here and not by the router.
            builder.getRoute(operation.getOperationId())
                    .setDoValidation(false)
                    .setDoSecurity(false)
                    .addHandler(ctx -> serve(endpoint, answer, ctx));
        }
        Router router = builder.createRouter();
        new Problems().mount(router);
        others.forEach((endpoint, answer) ->
                router.route(endpoint.method(), endpoint.path()).handler(ctx -> serve(endpoint, answer, ctx)));
        return router;
    }

    /** Of a caller who may. */
    Future<Answer> answer(Endpoint endpoint, Call call) {
        return answer(Objects.requireNonNull(answers.get(endpoint)), call);
    }

    private void serve(Endpoint endpoint, Function<Call, Future<Answer>> answer, RoutingContext ctx) {
        long started = System.nanoTime();
        ctx.addEndHandler(
                done -> metrics.answered(endpoint, ctx.response().getStatusCode(), System.nanoTime() - started));
        // Nothing of the body is read before it is known who sends it.
        ctx.request().pause();
        admission
                .admit(endpoint, ctx)
                .onFailure(refused -> ctx.request().resume())
                .compose(caller ->
                        body.read(ctx.request()).compose(read -> answer(answer, new Call(Sent.of(ctx), caller, read))))
                .compose(ready -> write(ctx.response(), ready))
                .onFailure(ctx::fail);
    }

    private static Future<Answer> answer(Function<Call, Future<Answer>> answer, Call call) {
        try {
            return answer.apply(call);
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
