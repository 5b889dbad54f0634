package dev.turnout.worker.backfill;

import java.time.Duration;

/**
 * How many lanes may work at once: half as many after a lock was not to be had, one more after a calm while (additive
 * increase, multiplicative decrease, as TCP finds its rate). Lanes that meet on the same rows gain nothing from being many.
 * Thread-safe; time is an argument.
 */
final class Allowance {
    /** Lanes that meet each other fail together: that is one collision. */
    private static final long ONE_COLLISION_NANOS = Duration.ofMillis(500).toNanos();

    private static final long CALM_NANOS = Duration.ofSeconds(2).toNanos();

    private int allowed = Integer.MAX_VALUE;
    private long changedNanos;
    private boolean met;

    /** At least 1, at most as many as configured. */
    synchronized int lanes(int configured, long nowNanos) {
        if (met && nowNanos - changedNanos > CALM_NANOS && allowed < configured) {
            allowed++;
            changedNanos = nowNanos;
        }
        if (allowed >= configured) {
            met = false;
            allowed = Integer.MAX_VALUE;
        }
        return Math.min(allowed, configured);
    }

    /** A batch gave way to a lock. */
    synchronized void yielded(int configured, long nowNanos) {
        if (!met || nowNanos - changedNanos > ONE_COLLISION_NANOS) {
            allowed = Math.max(1, Math.min(allowed, configured) / 2);
        }
        met = true;
        changedNanos = nowNanos;
    }
}
