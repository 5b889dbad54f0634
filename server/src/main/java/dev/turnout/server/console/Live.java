package dev.turnout.server.console;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The open pages of one event loop, which are told that something has changed and then ask for it. Used on that loop. */
final class Live {
    private static final Duration LOOK = Duration.ofMillis(500);
    /** So many looks without news, then a word all the same: nothing between takes the line for dead. */
    private static final int BEAT = 30;
    /** A page that is still there comes back, with a session of that time. */
    private static final long LONGEST_NANOS = Duration.ofMinutes(30).toNanos();

    private static final int MOST = 1_000;

    private final Vertx vertx;
    private final Pulse pulse;
    private final Context loop;
    private final Map<HttpServerResponse, Long> pages = new HashMap<>();
    private String seen = "";
    private int quiet;

    Live(Vertx vertx, Pulse pulse) {
        this.vertx = vertx;
        this.pulse = pulse;
        this.loop = vertx.getOrCreateContext();
    }

    /** For whoever hears of a change on another thread. */
    Runnable toldFromElsewhere() {
        return () -> loop.runOnContext(on -> tell());
    }

    void open(HttpServerResponse response) {
        if (pages.size() >= MOST) {
            response.setStatusCode(503).end();
            return;
        }
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Content-Encoding", "identity")
                .putHeader("X-Accel-Buffering", "no");
        response.write("retry: 2000\n\nevent: changed\ndata: \n\n");
        pages.put(response, System.nanoTime());
        response.closeHandler(gone -> pages.remove(response));
        if (pages.size() == 1) {
            lookLater();
        }
    }

    private void lookLater() {
        vertx.timer(LOOK.toMillis(), TimeUnit.MILLISECONDS).onSuccess(passed -> {
            if (!pages.isEmpty()) {
                look();
                lookLater();
            }
        });
    }

    private void look() {
        String now = pulse.now();
        if (!now.equals(seen)) {
            seen = now;
            tell();
        } else if (++quiet >= BEAT) {
            quiet = 0;
            write(":\n\n");
        }
        List.copyOf(pages.entrySet()).stream()
                .filter(page -> System.nanoTime() - page.getValue() > LONGEST_NANOS)
                .forEach(page -> page.getKey().end());
    }

    private void tell() {
        quiet = 0;
        write("event: changed\ndata: \n\n");
    }

    private void write(String text) {
        List.copyOf(pages.keySet()).stream()
                // Whoever is slow has the last word still before them: it says all that this one would.
                .filter(page -> !page.writeQueueFull() && !page.ended() && !page.closed())
                .forEach(page -> page.write(text).onFailure(gone -> page.reset()));
    }
}
