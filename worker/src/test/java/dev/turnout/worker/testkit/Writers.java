package dev.turnout.worker.testkit;

import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Threads that play an application until they are stopped. Each has a connection and reconnects when the database goes
 * away; any failure that an application would not expect ends the test.
 */
public final class Writers implements AutoCloseable {
    private static final long STOP_SECONDS = 60;

    private final ExecutorService pool;
    private final List<Future<Integer>> running = new ArrayList<>();
    private final ReadWriteLock turns = new ReentrantReadWriteLock();
    private volatile boolean writing = true;

    /** One piece of an application's work. */
    @FunctionalInterface
    public interface Turn {
        /** @param writer number of the thread, from 0; it alone writes the rows of its share */
        void take(Connection connection, int writer, Random random) throws SQLException;
    }

    /** Opens a connection in auto-commit. */
    @FunctionalInterface
    public interface Source {
        Connection connect() throws SQLException;
    }

    /** @param between two turns of a thread: the load */
    public Writers(int threads, Duration between, Source source, Turn turn) {
        pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            int number = i;
            running.add(pool.submit((Callable<Integer>) () -> write(number, between, source, turn)));
        }
        pool.shutdown();
    }

    private int write(int number, Duration between, Source source, Turn turn) throws SQLException {
        Random random = new Random(number);
        int turns = 0;
        while (writing) {
            try (Connection connection = source.connect()) {
                while (writing) {
                    turns += take(connection, number, random, turn);
                    LockSupport.parkNanos(between.toNanos());
                }
            } catch (SQLException e) {
                if (Failure.of(e) != Failure.CONNECTION_LOST) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        return turns;
    }

    /** A deadlock or a lock that was not given in time is what applications live with. */
    private int take(Connection connection, int number, Random random, Turn turn) throws SQLException {
        turns.readLock().lock();
        try {
            turn.take(connection, number, random);
            return 1;
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.CONNECTION_LOST || !Failure.of(e).transientLike()) {
                throw e;
            }
            return 0;
        } finally {
            turns.readLock().unlock();
        }
    }

    /** Does something while every thread is between two turns. */
    public void atRest(Callable<?> quietly) throws Exception {
        turns.writeLock().lock();
        try {
            quietly.call();
        } finally {
            turns.writeLock().unlock();
        }
    }

    /** Lets every thread finish its turn; what one of them failed with is thrown. Stopping twice is harmless. */
    public void stop() throws Exception {
        writing = false;
        for (Future<Integer> writer : running) {
            try {
                writer.get(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("a writer failed: " + e.getCause(), e.getCause());
            }
        }
    }

    @Override
    public void close() {
        writing = false;
        pool.shutdownNow();
    }
}
