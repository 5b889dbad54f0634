package dev.turnout.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How to stop what has been started: in reverse, and a failing stop stops nothing else. Thread-safe. */
final class Stops {
    private static final Logger log = LoggerFactory.getLogger(Stops.class);

    private final Deque<Named> started = new ArrayDeque<>();
    private boolean closed;

    /** May block; what it throws is logged. */
    @FunctionalInterface
    interface Stop {
        void run() throws Exception;
    }

    private record Named(String what, Stop stop) {}

    /**
     * Remembers how to stop what has just been started.
     *
     * @throws IllegalStateException when everything has been stopped meanwhile; then this is stopped at once
     */
    synchronized <T> T add(String what, T started, StopOf<T> stop) {
        Named named = new Named(what, () -> stop.run(started));
        if (closed) {
            run(named);
            throw new IllegalStateException("stopped while starting");
        }
        this.started.push(named);
        return started;
    }

    @FunctionalInterface
    interface StopOf<T> {
        void run(T started) throws Exception;
    }

    /** Stops everything; a second call does nothing. */
    synchronized void all() {
        closed = true;
        while (!started.isEmpty()) {
            run(started.pop());
        }
    }

    private static void run(Named named) {
        try {
            named.stop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.warn("{} did not stop in order: {}", named.what, e.toString());
        }
    }
}
