package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.control.Caller;
import dev.turnout.server.snapshot.FlagSnapshots;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /ofrep/v1/evaluate/flags}: evaluation over HTTP, on the event loop and under the router, because an application
 * asks here for each of its own requests. Every answer but 304 has a JSON body of the protocol.
 */
final class OfrepFace implements Handler<HttpServerRequest> {
    private static final Logger log = LoggerFactory.getLogger(OfrepFace.class);
    static final int BODY_LIMIT = 256 << 10;
    /** How long a client that heard of a change elsewhere waits for it to arrive here. */
    private static final long LONGEST_WAIT_MILLIS = 2_000;

    private final Admission admission;
    private final FlagSnapshots snapshots;
    private final Ofrep ofrep;
    private final StreamTickets tickets;
    private final Body body;
    private final RequestMetrics metrics;

    OfrepFace(
            Admission admission,
            FlagSnapshots snapshots,
            Ofrep ofrep,
            StreamTickets tickets,
            Body body,
            RequestMetrics metrics) {
        this.metrics = metrics;
        this.admission = admission;
        this.body = body;
        this.snapshots = snapshots;
        this.ofrep = ofrep;
        this.tickets = tickets;
    }

    /** Whether the request needs nothing of the router: a browser's does, for CORS. */
    static boolean direct(HttpServerRequest request) {
        return request.path() != null
                && request.path().startsWith(Ofrep.FLAGS)
                && !request.headers().contains("Origin");
    }

    @Override
    public void handle(HttpServerRequest request) {
        // Nothing of the body is read before it is known who sends it.
        request.pause();
        long started = System.nanoTime();
        Optional<String> key = Ofrep.key(request.path());
        answer(request, key)
                .recover(failure -> refuse(request, key, failure))
                .onComplete(done -> metrics.answered(
                        key.isPresent() ? Endpoint.EVALUATE_FLAG : Endpoint.EVALUATE_FLAGS,
                        request.response().getStatusCode(),
                        System.nanoTime() - started));
    }

    private Future<Void> answer(HttpServerRequest request, Optional<String> key) {
        boolean all = request.path().equals(Ofrep.FLAGS) || request.path().equals(Ofrep.FLAGS + "/");
        if (!all && key.isEmpty()) {
            request.resume();
            return Future.failedFuture(Refusal.notFound("thing at " + request.path()));
        }
        if (!request.method().equals(HttpMethod.POST)) {
            request.resume();
            return Future.failedFuture(new Refusal(405, "method-not-allowed", "evaluate by POST", Map.of()));
        }
        Endpoint endpoint = all ? Endpoint.EVALUATE_FLAGS : Endpoint.EVALUATE_FLAG;
        return admission
                .admit(endpoint, request, key)
                .onFailure(refused -> request.resume())
                .compose(caller -> body.read(request)
                        .compose(read -> key.isPresent()
                                ? one(request.response(), key.get(), read)
                                : many(request, caller, read)));
    }

    private Future<Void> one(HttpServerResponse response, String key, Buffer read) {
        return json(response).end(ofrep.evaluate(snapshots.current(), key, read));
    }

    private Future<Void> many(HttpServerRequest request, Caller caller, Buffer read) {
        Optional<String> told = Optional.ofNullable(request.getParam("flagConfigEtag"));
        return newest(told).compose(flags -> {
            HttpServerResponse response = request.response();
            Optional<String> etag = ofrep.etag(flags, caller, read);
            etag.ifPresent(known -> response.putHeader("ETag", known));
            // Told of flags that are not these: the answer must not look like the one that the client has.
            boolean elsewhere = told.isPresent() && !told.get().equals(Ofrep.configEtag(flags));
            String match = request.getHeader("If-None-Match");
            if (!elsewhere && match != null && etag.isPresent() && Ofrep.matches(match, etag.get())) {
                return response.setStatusCode(304).end();
            }
            Map<String, Object> stream = Map.of(
                    "type",
                    "sse",
                    "endpoint",
                    Map.of("requestUri", Ofrep.EVENTS + "?ticket=" + tickets.issue(caller)),
                    "inactivityDelaySec",
                    120);
            return json(response).end(ofrep.evaluateAll(flags, caller, read, List.of(stream)));
        });
    }

    /** A change may be told by another server before it is known on this one. */
    private Future<FlagSet> newest(Optional<String> told) {
        long version = told.flatMap(Ofrep::configVersion).orElse(0L);
        FlagSet current = snapshots.current();
        if (current.version() >= version) {
            return Future.succeededFuture(current);
        }
        return snapshots
                .refreshTo(version)
                .timeout(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)
                .otherwise(late -> snapshots.current());
    }

    private static HttpServerResponse json(HttpServerResponse response) {
        return response.putHeader("Content-Type", "application/json").putHeader("Cache-Control", "no-store");
    }

    private static Future<Void> refuse(HttpServerRequest request, Optional<String> key, Throwable failure) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        Refusal refusal = Problems.refusal(failure, 500, request.path());
        if (refusal.code() >= 500 && !(failure instanceof TimeoutException)) {
            log.error("{} {} failed", request.method(), request.path(), failure);
        }
        Problems.head(response, refusal);
        return json(response).end(Wire.write(Ofrep.failure(key, refusal)));
    }
}
