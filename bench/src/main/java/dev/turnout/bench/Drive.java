package dev.turnout.bench;

import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
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
import java.util.function.IntFunction;

/**
 * How long a phase took.
 *
 * @param workNanos until the last stride that did something was over
 * @param wholeNanos until the phase was done; where rows are moved, with the sweep that looks for rows left over
 */
record Drive(long workNanos, long wholeNanos) {
    /** Strides on so many lanes, each a thread, until the phase is done. */
    static Drive over(Rig rig, PhaseWork work, int lanes) throws SQLException {
        return over(rig::site, work, lanes);
    }

    /** @param sites by lane */
    static Drive over(IntFunction<Site> sites, PhaseWork work, int lanes) throws SQLException {
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
                        strides(sites.apply(number), work, begun, worked, done);
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

    /** @throws IllegalStateException when the phase cannot go on */
    static Stride stride(Site site, PhaseWork work) throws SQLException {
        Stride stride = work.stride(site);
        if (stride instanceof Stride.Stop stop) {
            throw new IllegalStateException(stop.because() + " " + stop.problems());
        }
        return stride;
    }

    private static void strides(Site site, PhaseWork work, long begun, AtomicLong worked, AtomicBoolean done)
            throws SQLException {
        while (!done.get()) {
            Stride stride;
            try {
                stride = stride(site, work);
            } catch (SQLException e) {
                if (Failure.of(e) == Failure.CONNECTION_LOST) {
                    // As a run does: a process that stood still for seconds has lost its locks, and begins anew.
                    continue;
                }
                throw e;
            }
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
