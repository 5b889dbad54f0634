package dev.turnout.flags.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * A clock that runs faster than another one from a common origin, so that several processes given the same origin and
 * scale agree. Immutable and thread-safe.
 */
public final class ScaledClock extends Clock {
    private final Clock real;
    private final Instant origin;
    private final Instant start;
    private final double scale;

    /**
     * @param real the clock that is sped up
     * @param origin the real instant at which the scaled clock shows {@code start}
     * @param start what the scaled clock shows at {@code origin}
     * @param scale scaled seconds per real second, at least 1
     */
    public ScaledClock(Clock real, Instant origin, Instant start, double scale) {
        this.real = real;
        this.origin = origin;
        this.start = start;
        this.scale = scale;
    }

    @Override
    public Instant instant() {
        Duration passed = Duration.between(origin, real.instant());
        return start.plusNanos((long) (passed.toNanos() * scale));
    }

    @Override
    public ZoneId getZone() {
        return real.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new ScaledClock(real.withZone(zone), origin, start, scale);
    }
}
