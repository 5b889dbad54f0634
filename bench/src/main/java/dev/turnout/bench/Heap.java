package dev.turnout.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the reachable heap again and again, and remembers the most. One thread. */
final class Heap {
    private static final Duration BETWEEN = Duration.ofMillis(500);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::look, "heap");
    private long mostBytes;

    private Heap() {}

    static Heap watch() {
        Heap heap = new Heap();
        heap.thread.start();
        return heap;
    }

    private void look() {
        try {
            do {
                // Without a collection it would be the garbage that is measured.
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                mostBytes = Math.max(mostBytes, runtime.totalMemory() - runtime.freeMemory());
            } while (!stopped.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return the most that was reachable, in MiB */
    double stop() throws InterruptedException {
        stopped.countDown();
        thread.join();
        return mostBytes / 1024.0 / 1024.0;
    }
}
