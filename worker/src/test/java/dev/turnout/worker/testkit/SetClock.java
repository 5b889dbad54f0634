package dev.turnout.worker.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until it is moved. Thread-safe. */
public final class SetClock extends Clock {
    private volatile Instant now;

    public SetClock(Instant start) {
        this.now = start;
    }

    /** Starts at 2026-01-05T09:00:00Z, a Monday. */
    public SetClock() {
        this(Instant.parse("2026-01-05T09:00:00Z"));
    }

    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    public synchronized void set(Instant instant) {
        now = instant;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(instant(), zone);
    }
}
