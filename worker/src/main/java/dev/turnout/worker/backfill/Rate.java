package dev.turnout.worker.backfill;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Rows per second over the last five seconds, over all lanes of this process. Thread-safe. */
final class Rate {
    private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

    private record Batch(long atNanos, long rows) {}

    private final Deque<Batch> batches = new ArrayDeque<>();

    synchronized void add(long nowNanos, long rows) {
        batches.addLast(new Batch(nowNanos, rows));
        forget(nowNanos);
    }

    /** 0 while there is too little to tell. */
    synchronized double perSecond(long nowNanos) {
        forget(nowNanos);
        if (batches.size() < 2) {
            return 0;
        }
        Batch first = batches.getFirst();
        long rows = batches.stream().mapToLong(Batch::rows).sum() - first.rows();
        return rows * 1e9 / Math.max(1, nowNanos - first.atNanos());
    }

    private void forget(long nowNanos) {
        while (!batches.isEmpty() && nowNanos - batches.getFirst().atNanos() > WINDOW_NANOS) {
            batches.removeFirst();
        }
    }
}
