package dev.turnout.flags.time;

import java.time.Clock;
import java.time.Duration;

/**
 * How fast business time passes: soak, schedules and gates are reckoned in business time; timers, leases and lock
 * timeouts are real. Immutable and thread-safe.
 *
 * @param clock business time; every {@code Instant} that is stored comes from here
 * @param scale business seconds per real second; 1 in production
 * @param shortestTimer the shortest real pause a periodic task makes; also bounds how finely business time is seen
 */
public record Pace(Clock clock, double scale, Duration shortestTimer) {
    public Pace {
        if (!(scale >= 1) || scale > 1e6) {
            throw new IllegalArgumentException("scale must be from 1 to 1000000, is " + scale);
        }
        if (shortestTimer.isNegative() || shortestTimer.isZero()) {
            throw new IllegalArgumentException("shortestTimer must be positive, is " + shortestTimer);
        }
    }

    /** Real time, timers no shorter than 100 ms. */
    public static Pace real() {
        return new Pace(Clock.systemUTC(), 1, Duration.ofMillis(100));
    }

    /** The real pause that lets the given business time pass, never shorter than {@link #shortestTimer()}. */
    public Duration timer(Duration business) {
        Duration real = Duration.ofNanos((long) (business.toNanos() / scale));
        return real.compareTo(shortestTimer) < 0 ? shortestTimer : real;
    }

    /** The business time that passes between two looks at the clock when the given interval is wanted. */
    public Duration observable(Duration business) {
        Duration finest = Duration.ofNanos((long) (shortestTimer.toNanos() * scale));
        return business.compareTo(finest) < 0 ? finest : business;
    }
}
