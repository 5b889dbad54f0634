package dev.turnout.server.console;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Tells whether anything has changed that a page may show, asking the control database once a second at most. Thread-safe. */
public final class Pulse {
    private static final long BEAT_NANOS = 1_000_000_000L;

    private final Supplier<Future<String>> ask;
    private final AtomicLong askedAt = new AtomicLong(System.nanoTime() - BEAT_NANOS);
    private volatile String last = "";

    /** @param ask gives another word whenever something has changed */
    public Pulse(Supplier<Future<String>> ask) {
        this.ask = ask;
    }

    /** What it was when it was asked last; sees to it that it is asked again. */
    String now() {
        long before = askedAt.get();
        if (System.nanoTime() - before >= BEAT_NANOS && askedAt.compareAndSet(before, System.nanoTime())) {
            // While it cannot be told nothing is told: pages ask by themselves now and then.
            ask.get().onSuccess(word -> last = word);
        }
        return last;
    }
}
