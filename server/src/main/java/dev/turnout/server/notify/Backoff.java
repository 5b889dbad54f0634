package dev.turnout.server.notify;

import java.time.Duration;
import java.util.Optional;

/** When a delivery that came to nothing is tried again. Pure. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(30);
    /** Ten hours: a receiver that was down over night hears of it in the morning. */
    static final int MOST_ATTEMPTS = 30;

    private Backoff() {}

    /**
     * @param attempt that came to nothing, from 1
     * @return real time; empty: given up
     */
    static Optional<Duration> after(int attempt) {
        if (attempt >= MOST_ATTEMPTS) {
            return Optional.empty();
        }
        Duration pause = FIRST.multipliedBy(1L << Math.min(attempt - 1, 20));
        return Optional.of(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
    }
}
