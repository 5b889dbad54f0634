package dev.turnout.bench;

import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a phase took.
 *
 * @param workNanos until the last stride that did something was over
 * @param wholeNanos until the phase was done; where rows are moved, with the sweep that looks for rows left over
 */
record Drive(long workNanos, long wholeNanos) {
    /** Strides on so many lanes, each a thread, until the phase is done. */
    static Drive over(Rig rig, PhaseWork work, int lanes) throws SQLException {
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong worked = new AtomicLong();
        long begun = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(lanes);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int lane = 0; lane < lanes; lane++) {
                int number = lane;
                all.add(threads.submit((Callable<Boolean>) () -> {
                    try {
                        strides(rig, work, number, begun, worked, done);
                    } finally {
                        done.set(true);
                    }
                    return true;
                }));
            }
            for (Future<Boolean> one : all) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a lane failed", e);
        } finally {
            threads.shutdown();
        }
        return new Drive(worked.get(), System.nanoTime() - begun);
    }

    private static void strides(Rig rig, PhaseWork work, int lane, long begun, AtomicLong worked, AtomicBoolean done)
            throws SQLException {
        while (!done.get()) {
            Stride stride = rig.stride(work, lane);
            if (stride instanceof Stride.Done) {
                return;
            }
            if (stride instanceof Stride.Wait wait) {
                LockSupport.parkNanos(wait.pause().toNanos());
            } else if (stride instanceof Stride.Rest rest) {
                LockSupport.parkNanos(rest.pause().toNanos());
            } else {
                worked.accumulateAndGet(System.nanoTime() - begun, Math::max);
            }
        }
    }
}
