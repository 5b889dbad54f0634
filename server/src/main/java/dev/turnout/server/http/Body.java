package dev.turnout.server.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Map;

/**
 * Reads the body of a request up to a limit, whatever its content type says: a body that is meant as JSON and called a
 * form, as curl does, is JSON.
 */
final class Body {
    private final int limit;
    private final Duration time;

    /**
     * @param limit bytes
     * @param time for the whole of it
     */
    Body(int limit, Duration time) {
        this.limit = limit;
        this.time = time;
    }

    /** Resumes the request; fails with a {@link Refusal}: 413, or 408 when it takes too long. On an event loop. */
    Future<Buffer> read(HttpServerRequest request) {
        if (announced(request) > limit) {
            request.resume();
            return Future.failedFuture(tooLarge());
        }
        Promise<Buffer> read = Promise.promise();
        Buffer body = Buffer.buffer();
        request.handler(piece -> {
            if (body.length() + piece.length() <= limit) {
                body.appendBuffer(piece);
            } else {
                read.tryFail(tooLarge());
            }
        });
        request.endHandler(end -> read.tryComplete(body));
        request.exceptionHandler(broken -> read.tryFail(Refusal.malformed("the request broke off")));
        request.resume();
        // What came with the head is here by now; an evaluation never waits for a timer.
        return read.future().isComplete() ? read.future() : inTime(request, read);
    }

    private Future<Buffer> inTime(HttpServerRequest request, Promise<Buffer> read) {
        Vertx vertx = Vertx.currentContext().owner();
        long timer = vertx.setTimer(time.toMillis(), late -> {
            // What still comes would be taken for the next request.
            if (!read.future().isComplete() && request.version() != HttpVersion.HTTP_2) {
                request.response().endHandler(told -> request.connection().close());
            }
            read.tryFail(tooSlow());
        });
        return read.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            throw Refusal.malformed("Content-Length must be a number");
        }
    }

    private Refusal tooSlow() {
        return new Refusal(
                408, "too-slow", "the body must arrive within " + time.toSeconds() + " s of the request", Map.of());
    }

    private Refusal tooLarge() {
        return new Refusal(413, "too-large", "the body must have at most " + limit + " bytes", Map.of());
    }
}
