package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * One client that is told of changes. A slow one is told the newest flags when it has taken the last ones; what was in
 * between it never sees. Used on its event loop only.
 */
final class EventStream {
    private static final Buffer BEAT = Buffer.buffer(":\n\n");
    /** Bytes that may wait for a slow client, beside one event. */
    private static final int QUEUE = 64 << 10;

    private final HttpServerResponse response;
    private final Events events;
    private final long openedAt;
    private long version;
    private @Nullable FlagSet waiting;
    private long slowSince;

    /**
     * @param version of the flags that the client has
     * @param openedAt milliseconds
     */
    EventStream(HttpServerResponse response, Events events, long version, long openedAt) {
        this.response = response.setWriteQueueMaxSize(QUEUE);
        this.events = events;
        this.version = version;
        this.openedAt = openedAt;
        response.drainHandler(drained -> catchUp());
    }

    void tell(FlagSet flags, long now) {
        if (flags.version() <= version) {
            return;
        }
        if (response.writeQueueFull()) {
            slowSince = waiting == null ? now : slowSince;
            waiting = flags;
        } else {
            write(flags);
        }
    }

    private void catchUp() {
        FlagSet newest = waiting;
        if (newest != null) {
            waiting = null;
            write(newest);
        }
    }

    private void write(FlagSet flags) {
        version = flags.version();
        send(events.of(flags));
    }

    /** A comment, so that neither side nor anything between takes silence for a dead connection. */
    void beat() {
        if (!response.writeQueueFull()) {
            send(BEAT);
        }
    }

    /** Whether it has not taken anything for longer than this. */
    boolean stuck(long now, long longestMillis) {
        return waiting != null && now - slowSince > longestMillis;
    }

    boolean olderThan(long now, long millis) {
        return now - openedAt > millis;
    }

    void send(Buffer text) {
        if (!response.ended() && !response.closed()) {
            // A client that is gone is told by the close handler.
            response.write(text).onFailure(gone -> response.reset());
        }
    }

    void end() {
        if (!response.ended() && !response.closed()) {
            response.end();
        }
    }

    /** At once, whatever is still to be sent. */
    void cut() {
        response.reset();
    }
}
