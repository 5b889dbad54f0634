package dev.turnout.worker.jdbc;

import java.time.Duration;

/**
 * How long a transaction may wait and how often it is tried. Real time.
 *
 * @param lock longest wait for any one lock
 * @param statement longest run of any one statement
 * @param attempts at least 1; a further attempt is made only after a failure that says {@link Failure#transientLike()}
 */
public record Limits(Duration lock, Duration statement, int attempts) {
    /** Below deadlock_timeout (1 s), so that the backfill and never the application is the one that yields. */
    public static final Limits BATCH = new Limits(Duration.ofMillis(100), Duration.ofSeconds(30), 1);

    /** A DDL that waits longer makes every later statement on the table wait behind it. */
    public static final Limits DDL = new Limits(Duration.ofMillis(200), Duration.ofMinutes(1), 1);

    public static final Limits BOOKKEEPING = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(10), 3);

    /** Long reads and validations that lock nothing an application needs. */
    public static final Limits SCAN = new Limits(Duration.ofMillis(200), Duration.ofHours(6), 1);

    public Limits {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, is " + attempts);
        }
    }

    public Limits attempts(int attempts) {
        return new Limits(lock, statement, attempts);
    }
}
