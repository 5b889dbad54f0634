package dev.turnout.worker.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many rows the next batch takes, so that nearly every batch stays near a target duration: a waiting application
 * waits no longer than one batch. Follows the p90 of the last ten batches; grows by at most half, shrinks at once.
 * Not thread-safe: one per lane.
 */
public final class BatchSizer {
    static final int FEWEST = 10;
    static final int MOST = 100_000;
    private static final int START = 500;
    private static final int REMEMBERED = 10;
    private static final double GROWTH = 1.5;
    /** A batch this many times over the target is a stall: its cause is unknown, so the answer is sharp. */
    private static final double PANIC = 4;

    private static final double PANIC_SHRINK = 5;

    /** Durations per row, in nanoseconds, newest last. */
    private final Deque<Double> perRow = new ArrayDeque<>();

    private int size = START;

    public int size() {
        return size;
    }

    /** A full batch of {@code rows} took {@code took}; sets the size of the next. */
    public void took(int rows, Duration took, Duration target) {
        if (rows <= 0) {
            return;
        }
        if (took.toNanos() > PANIC * target.toNanos()) {
            perRow.clear();
            size = bounded(size / PANIC_SHRINK);
            return;
        }
        perRow.addLast((double) took.toNanos() / rows);
        if (perRow.size() > REMEMBERED) {
            perRow.removeFirst();
        }
        size = bounded(Math.min(target.toNanos() / p90(), size * GROWTH));
    }

    /** The batch had to give way to somebody else's lock. */
    public void yielded() {
        size = bounded(size / 2.0);
    }

    private double p90() {
        double[] sorted =
                perRow.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return Math.max(1, sorted[(int) Math.ceil(sorted.length * 0.9) - 1]);
    }

    private static int bounded(double size) {
        return (int) Math.max(FEWEST, Math.min(MOST, size));
    }
}
