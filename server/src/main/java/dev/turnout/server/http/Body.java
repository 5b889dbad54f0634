package dev.turnout.server.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/**
 * Reads the body of a request up to a limit, whatever its content type says: a body that is meant as JSON and called a
 * form, as curl does, is JSON.
 */
final class Body {
    private final int limit;

    /** @param limit bytes */
    Body(int limit) {
        this.limit = limit;
    }

    /** Resumes the request; fails with a {@link Refusal} 413. */
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
        return read.future();
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            throw Refusal.malformed("Content-Length must be a number");
        }
    }

    private Refusal tooLarge() {
        return new Refusal(413, "too-large", "the body must have at most " + limit + " bytes", Map.of());
    }
}
