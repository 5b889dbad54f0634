package dev.turnout.worker.run;

import java.time.Duration;

/**
 * How a worker drives runs. All durations are real time.
 *
 * @param worker name of this process; no other process may have it, and a restarted one has a new one
 * @param lanes strides of one run at once while rows are moved; also the connections that moving takes
 * @param chunkRows rows per chunk
 * @param batch how long a batch should last: the longest that an application waits for the backfill
 * @param poll between two looks at the board, each of which renews the claims
 * @param lease of a claim; several polls long, so that one failed renewal loses nothing
 * @param flip how long applications may be kept from writing while the authority goes from one server to another
 */
public record RunSettings(
        String worker, int lanes, int chunkRows, Duration batch, Duration poll, Duration lease, Duration flip) {
    private static final Duration USUAL_FLIP = Duration.ofSeconds(10);

    public RunSettings(String worker, int lanes, int chunkRows, Duration batch, Duration poll, Duration lease) {
        this(worker, lanes, chunkRows, batch, poll, lease, USUAL_FLIP);
    }

    public RunSettings {
        if (worker.isBlank()) {
            throw new IllegalArgumentException("a worker needs a name");
        }
        if (lanes < 1 || chunkRows < 1) {
            throw new IllegalArgumentException(
                    "lanes and chunkRows must be at least 1, are " + lanes + " and " + chunkRows);
        }
        if (batch.isNegative() || batch.isZero() || poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException("batch and poll must be positive, are " + batch + " and " + poll);
        }
        if (lease.compareTo(poll.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("the lease " + lease + " must outlast two polls of " + poll);
        }
    }

    public static RunSettings of(String worker) {
        return new RunSettings(worker, 2, 20_000, Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(5));
    }
}
