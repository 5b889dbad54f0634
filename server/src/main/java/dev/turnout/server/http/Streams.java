package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The clients of one event loop that are told of changes: heartbeats, slow clients cut off, old streams renewed. Used on
 * that event loop only.
 */
final class Streams {
    private static final Duration BEAT = Duration.ofSeconds(15);
    private static final Duration LONGEST_SLOWNESS = Duration.ofSeconds(30);
    /** A stream ends then and is opened anew with credentials of that time. */
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);

    private static final int RETRY_MILLIS = 1_000;

    private final Vertx vertx;
    private final Supplier<FlagSet> flags;
    private final LongSupplier millis;
    private final AtomicInteger open;
    private final int most;
    private final Set<EventStream> streams = new HashSet<>();
    private boolean closed;

    /**
     * @param millis real time that only grows
     * @param open how many there are on all event loops
     * @param most how many there may be on all event loops
     */
    Streams(Vertx vertx, Supplier<FlagSet> flags, LongSupplier millis, AtomicInteger open, int most) {
        this.vertx = vertx;
        this.flags = flags;
        this.millis = millis;
        this.open = open;
        this.most = most;
        beatLater();
    }

    /**
     * Begins to tell a client. One whose version is not the newest is told at once.
     *
     * @param version of the flags that the client has; −1 when it has none
     * @throws Refusal 503 when there are too many, or the server stops
     */
    void open(HttpServerResponse response, Events events, long version) {
        if (closed || open.get() >= most) {
            throw new Refusal(503, "too-many-streams", "this server has no room for another stream", Map.of());
        }
        open.incrementAndGet();
        begin(response);
        EventStream stream = new EventStream(response, events, version, millis.getAsLong());
        streams.add(stream);
        response.closeHandler(gone -> {
            if (streams.remove(stream)) {
                open.decrementAndGet();
            }
        });
        stream.send(greeting());
        stream.tell(flags.get(), millis.getAsLong());
    }

    /** The version that a client has which has just asked. */
    long newest() {
        return flags.get().version();
    }

    /** Makes the answer a stream of events. */
    static void begin(HttpServerResponse response) {
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                // Neither our compression nor a proxy may hold events back.
                .putHeader("Content-Encoding", "identity")
                .putHeader("X-Accel-Buffering", "no");
    }

    /** Tells clients when to come back, not all at the same moment. */
    static Buffer greeting() {
        int retry = RETRY_MILLIS + ThreadLocalRandom.current().nextInt(RETRY_MILLIS);
        return Buffer.buffer("retry: " + retry + "\n\n");
    }

    void publish(FlagSet newest) {
        long now = millis.getAsLong();
        streams.forEach(stream -> stream.tell(newest, now));
    }

    private void beatLater() {
        vertx.timer(BEAT.toMillis(), TimeUnit.MILLISECONDS).onSuccess(passed -> {
            if (!closed) {
                beat();
                beatLater();
            }
        });
    }

    private void beat() {
        long now = millis.getAsLong();
        for (EventStream stream : List.copyOf(streams)) {
            if (stream.stuck(now, LONGEST_SLOWNESS.toMillis())) {
                stream.cut();
            } else if (stream.olderThan(now, LONGEST_LIFE.toMillis())) {
                stream.end();
            } else {
                stream.beat();
            }
        }
    }

    /** Ends every stream; its client comes back to another server. */
    void close() {
        closed = true;
        List.copyOf(streams).forEach(EventStream::end);
    }
}
