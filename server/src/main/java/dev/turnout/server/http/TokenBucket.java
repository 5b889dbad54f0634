package dev.turnout.server.http;

/** So many per second, and twice as many at once after a pause. Used under its own lock. */
final class TokenBucket {
    private static final double NANOS = 1e9;
    /** Seconds' worth that a pause saves up. */
    private static final double BURST = 2;

    private final double perSecond;
    private final double most;
    private double left;
    private long at;

    /** @param now {@link System#nanoTime} */
    TokenBucket(double perSecond, double most, long now) {
        this.perSecond = perSecond;
        this.most = most;
        this.left = most;
        this.at = now;
    }

    static TokenBucket of(int perSecond, long now) {
        return new TokenBucket(perSecond, Math.max(1, perSecond * BURST), now);
    }

    /** Takes one: 0; or takes none, and says after how many seconds there is one again. */
    synchronized int take(long now) {
        left = Math.min(most, left + Math.max(0, now - at) / NANOS * perSecond);
        at = now;
        if (left >= 1) {
            left -= 1;
            return 0;
        }
        return (int) Math.max(1, Math.ceil((1 - left) / perSecond));
    }
}
