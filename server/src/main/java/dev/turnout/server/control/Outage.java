package dev.turnout.server.control;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Whether the control database was silent when it was last asked, and who asks it next. Thread-safe. */
final class Outage {
    private static final long NONE = Long.MIN_VALUE;

    private final Duration pause;
    /** {@link System#nanoTime} of the next question; {@link #NONE} while it answers. */
    private final AtomicLong probeAt = new AtomicLong(NONE);

    /** @param pause real time between two questions */
    Outage(Duration pause) {
        this.pause = pause;
    }

    /** Whether a question that failed has had no answer; any other failure is one. */
    static boolean silent(Throwable failure) {
        return failure instanceof TimeoutException
                || failure instanceof ControlUnreachable
                || failure instanceof OutcomeUnknown;
    }

    void begin() {
        probeAt.set(next());
    }

    void end() {
        probeAt.set(NONE);
    }

    boolean goesOn() {
        return probeAt.get() != NONE;
    }

    /** True for one caller each time that the pause is over. */
    boolean mayProbe() {
        long due = probeAt.get();
        return due != NONE && System.nanoTime() - due >= 0 && probeAt.compareAndSet(due, next());
    }

    private long next() {
        return System.nanoTime() + pause.toNanos();
    }
}
