package dev.turnout.flags.client;

import dev.turnout.flags.Weight;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;

/**
 * Reads the other side beside the caller and compares: as many at once as there are threads and no more, so that a slow
 * other side costs comparisons and nothing else. Thread-safe.
 */
final class ShadowReads {
    /** A write may come between the two reads; a difference that stays is one. */
    private static final int LOOKS = 3;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final StagedSettings settings;
    private final ThreadPoolExecutor comparing;
    private final ThreadPoolExecutor reading;
    private final LongAdder same = new LongAdder();
    private final LongAdder different = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder skipped = new LongAdder();

    ShadowReads(StagedSettings settings) {
        this.settings = settings;
        this.comparing = pool(settings.shadowThreads(), "turnout-compare");
        this.reading = pool(settings.shadowThreads(), "turnout-shadow");
    }

    private static ThreadPoolExecutor pool(int threads, String name) {
        return new ThreadPoolExecutor(0, threads, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Returns at once.
     *
     * @param answer of the authority
     * @param mismatched called for a difference that stays
     */
    <T> void compare(T answer, Callable<T> authority, Callable<T> other, BiPredicate<T, T> equal, Runnable mismatched) {
        int share = settings.sampling().hundredThousandths();
        if (share < Weight.WHOLE && ThreadLocalRandom.current().nextInt(Weight.WHOLE) >= share) {
            return;
        }
        try {
            comparing.execute(() -> compared(answer, authority, other, equal, mismatched));
        } catch (RejectedExecutionException full) {
            skipped.increment();
        }
    }

    private <T> void compared(
            T answer, Callable<T> authority, Callable<T> other, BiPredicate<T, T> equal, Runnable mismatched) {
        long end = System.nanoTime() + settings.shadowBudget().toNanos();
        try {
            T one = answer;
            for (int look = 1; ; look++) {
                if (equal(one, within(other, end), equal)) {
                    same.increment();
                    return;
                }
                if (look == LOOKS) {
                    different.increment();
                    mismatched.run();
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
                one = within(authority, end);
            }
        } catch (TimeoutException e) {
            late.increment();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RejectedExecutionException | CancellationException e) {
            failed.increment();
        }
    }

    private static <T> boolean equal(T one, T other, BiPredicate<T, T> equal) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return equal.test(one, other);
    }

    private <T> T within(Callable<T> read, long end) throws InterruptedException, ExecutionException, TimeoutException {
        Future<T> result = reading.submit(read);
        try {
            return result.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
            result.cancel(true);
        }
    }

    ShadowCounts counts() {
        return new ShadowCounts(same.sum(), different.sum(), late.sum(), failed.sum(), skipped.sum());
    }

    void close(Duration atMost) {
        comparing.shutdown();
        try {
            if (!comparing.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                comparing.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            comparing.shutdownNow();
        }
        reading.shutdownNow();
    }
}
