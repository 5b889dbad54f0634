package dev.turnout.server.http;

import dev.turnout.server.control.RequestStore;
import dev.turnout.server.control.RequestStore.Done;
import dev.turnout.server.control.RequestStore.Sent;
import dev.turnout.server.control.RequestStore.State;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a request with an {@code Idempotency-Key} once: a repetition gets the answer of the first. What was refused changed
 * nothing, so it is not kept, and may be sent again with the same key. Thread-safe.
 */
final class Once {
    static final String KEY_HEADER = "Idempotency-Key";
    static final String REPLAYED_HEADER = "Idempotency-Replayed";
    private static final Logger log = LoggerFactory.getLogger(Once.class);
    private static final Pattern KEY = Pattern.compile("[!-~]{1,128}");

    private final RequestStore requests;

    Once(RequestStore requests) {
        this.requests = requests;
    }

    /** @throws Refusal 400 for a header that is no key */
    static Optional<String> key(Call call) {
        Optional<String> key = call.header(KEY_HEADER);
        if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
            throw Refusal.malformed(
                    "the header " + KEY_HEADER + " must have 1 to 128 visible ASCII characters and no blank");
        }
        return key;
    }

    /** Fails as the answer does, with a {@link Refusal} 409 while the first is being done, or with {@code KeyReused}. */
    Future<Answer> answer(Call call, Supplier<Future<Answer>> first) {
        Optional<String> key = key(call);
        if (key.isEmpty()) {
            return first.get();
        }
        Sent sent = new Sent(call.caller().name(), key.get(), hash(call));
        return requests.begin(sent).compose(state -> {
            if (state instanceof State.Finished finished) {
                return Future.succeededFuture(again(finished.done()));
            }
            if (state instanceof State.UnderWay) {
                return Future.failedFuture(new Refusal(
                        409,
                        "under-way",
                        "the request with this " + KEY_HEADER + " is being done: ask again for its answer",
                        Map.of(Refusal.RETRY_AFTER, 1)));
            }
            return done(sent, first);
        });
    }

    private Future<Answer> done(Sent sent, Supplier<Future<Answer>> first) {
        Future<Answer> answered;
        try {
            answered = first.get();
        } catch (RuntimeException e) {
            answered = Future.failedFuture(e);
        }
        return answered.compose(
                answer -> requests.finish(sent, kept(answer))
                        .recover(failure -> {
                            log.warn("an answer is not kept for a repetition: {}", failure.getMessage());
                            return Future.succeededFuture();
                        })
                        .map(answer),
                refused -> requests.release(sent).transform(released -> Future.failedFuture(refused)));
    }

    private static Done kept(Answer answer) {
        return new Done(
                answer.code(),
                answer.headers(),
                answer.body()
                        .filter(body -> !answer.isSecret())
                        .map(body -> body instanceof String text
                                ? text
                                : Wire.write(body).toString()));
    }

    private static Answer again(Done done) {
        if (done.body().isEmpty()) {
            throw Refusal.conflict("this was done before, and its answer had a secret that is kept nowhere: rotate it");
        }
        Map<String, String> headers = new HashMap<>(done.headers());
        headers.putIfAbsent("Content-Type", "application/json");
        headers.put(REPLAYED_HEADER, "true");
        return new Answer(done.status(), Optional.of(done.body().get()), headers);
    }

    private static String hash(Call call) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update((call.line() + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest(call.body().getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
