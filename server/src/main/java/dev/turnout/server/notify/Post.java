package dev.turnout.server.notify;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Sends messages over HTTP. Follows no redirect: where a notice goes is what was set. On one event loop. */
final class Post {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** From the request to the head of the answer; its body is nobody's concern. */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final HttpClient client;

    Post(Vertx vertx) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout((int) CONNECT.toMillis())
                .setKeepAlive(false));
    }

    /** @return empty when it has arrived; else why not, without the address, which may be a secret. Never fails. */
    Future<Optional<String>> send(URI uri, Target.Message message) {
        RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(uri.toString());
        message.headers().forEach(options::putHeader);
        options.putHeader("Content-Type", "application/json").putHeader("User-Agent", "turnout");
        return client.request(options)
                .compose(request -> answer(request, message))
                .transform(answered -> Future.succeededFuture(
                        answered.failed()
                                ? Optional.of(words(answered.cause()))
                                : Optional.of(answered.result())
                                        .filter(code -> code < 200 || code > 299)
                                        .map(code -> "answered with " + code)));
    }

    private static Future<Integer> answer(HttpClientRequest request, Target.Message message) {
        return request.send(message.body())
                .map(Post::code)
                .timeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(known -> request.reset());
    }

    private static int code(HttpClientResponse response) {
        // Of the rest, which is cut off.
        response.exceptionHandler(cut -> {});
        return response.statusCode();
    }

    private static String words(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "not answered within " + ANSWER.toSeconds() + " s";
        }
        if (failure instanceof UnknownHostException) {
            return "the host is not known";
        }
        if (failure instanceof ConnectException) {
            return "the host takes no connection";
        }
        if (failure instanceof HttpClosedException) {
            return "the connection broke off";
        }
        return failure instanceof SSLException
                ? "no secure connection: " + failure.getMessage()
                : failure.getClass().getSimpleName();
    }

    /** What is under way fails. */
    Future<Void> close() {
        return client.close();
    }
}
