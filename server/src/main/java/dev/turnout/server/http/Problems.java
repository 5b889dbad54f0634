package dev.turnout.server.http;

import dev.turnout.server.control.ControlUnreachable;
import dev.turnout.server.control.KeyReused;
import dev.turnout.server.control.OutcomeUnknown;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.StateConflict;
import dev.turnout.server.control.Unknown;
import dev.turnout.server.control.VersionConflict;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one failure handler: every error becomes an RFC 9457 problem, or OFREP's own form below its path. */
final class Problems implements Handler<RoutingContext> {
    static final String TYPE = "application/problem+json";
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final int[] UNROUTED = {400, 404, 405, 406, 413, 414, 415, 431, 500};

    /** Also catches what no route took. */
    void mount(Router router) {
        router.route().failureHandler(this);
        for (int code : UNROUTED) {
            router.errorHandler(code, this);
        }
    }

    @Override
    public void handle(RoutingContext ctx) {
        Refusal refusal = refusal(ctx.failure(), ctx.statusCode() > 0 ? ctx.statusCode() : 500, ctx.normalizedPath());
        if (refusal.code() == 503) {
            log.warn("{} {} has to wait: {}", ctx.request().method(), ctx.normalizedPath(), refusal.detail());
        } else if (refusal.code() >= 500 && ctx.failure() != null) {
            log.error("{} {} failed", ctx.request().method(), ctx.normalizedPath(), ctx.failure());
        }
        if (ctx.response().ended()) {
            return;
        }
        if (ctx.response().headWritten()) {
            ctx.request().connection().close();
            return;
        }
        head(ctx.response(), refusal);
        if (ctx.normalizedPath().startsWith(Ofrep.ROOT)) {
            ctx.response()
                    .putHeader("Content-Type", "application/json")
                    .end(Wire.write(Ofrep.failure(Ofrep.key(ctx.normalizedPath()), refusal)));
            return;
        }
        ctx.response().putHeader("Content-Type", TYPE).end(Wire.write(problem(refusal)));
    }

    /** The code and the headers that go with it. */
    static void head(HttpServerResponse response, Refusal refusal) {
        if (refusal.code() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (refusal.code() == 503 || refusal.more().containsKey(Refusal.RETRY_AFTER)) {
            response.putHeader("Retry-After", String.valueOf(refusal.more().getOrDefault(Refusal.RETRY_AFTER, 1)));
        }
        response.setStatusCode(refusal.code());
    }

    /**
     * What a failure means to the client.
     *
     * @param failure null when only a code is known
     * @param code when the failure says none
     */
    static Refusal refusal(@Nullable Throwable failure, int code, String path) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (failure instanceof Unknown || failure instanceof Refused) {
            String detail = String.valueOf(failure.getMessage());
            return failure instanceof Unknown
                    ? new Refusal(404, "not-found", detail, Map.of())
                    : Refusal.conflict(detail);
        }
        if (failure instanceof KeyReused) {
            return new Refusal(422, "key-reused", String.valueOf(failure.getMessage()), Map.of());
        }
        if (failure instanceof VersionConflict conflict) {
            return new Refusal(
                    412,
                    "version-changed",
                    String.valueOf(conflict.getMessage()),
                    Map.of("currentVersion", conflict.current()));
        }
        if (failure instanceof StateConflict conflict) {
            return new Refusal(
                    412,
                    "version-changed",
                    String.valueOf(conflict.getMessage()),
                    Map.of("currentVersion", conflict.current()));
        }
        if (failure instanceof ControlUnreachable || failure instanceof OutcomeUnknown) {
            return new Refusal(503, "control-unreachable", String.valueOf(failure.getMessage()), Map.of());
        }
        int known = failure instanceof HttpException http ? http.getStatusCode() : code;
        String detail =
                switch (known) {
                    case 404 -> "there is nothing at " + path;
                    case 405 -> "this method is not possible at " + path;
                    default ->
                        known < 500
                                ? "the request cannot be understood"
                                : "the server could not do it; its log says why";
                };
        return new Refusal(known, kind(known), detail, Map.of());
    }

    private static String kind(int code) {
        return HttpResponseStatus.valueOf(code)
                .reasonPhrase()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z]+", "-");
    }

    private static Map<String, Object> problem(Refusal refusal) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "urn:turnout:problem:" + refusal.kind());
        body.put("title", HttpResponseStatus.valueOf(refusal.code()).reasonPhrase());
        body.put("status", refusal.code());
        body.put("detail", refusal.detail());
        body.putAll(refusal.more());
        return body;
    }
}
