package dev.turnout.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** An application that updates single rows at random and notes how long each took. One thread. */
final class Writer {
    private static final Duration BETWEEN = Duration.ofMillis(2);
    private static final int MOST = 1_000_000;

    private final Thread thread;
    private final long[] nanos = new long[MOST];
    private volatile boolean stopped;
    private int count;

    private Writer(Rig rig) {
        thread = new Thread(() -> write(rig), "writer");
    }

    static Writer start(Rig rig) {
        Writer writer = new Writer(rig);
        writer.thread.start();
        return writer;
    }

    private void write(Rig rig) {
        try (Connection connection = rig.connect();
                PreparedStatement update =
                        connection.prepareStatement(rig.workload().write())) {
            while (!stopped && count < MOST) {
                update.setLong(1, 1 + ThreadLocalRandom.current().nextLong(rig.rows()));
                long begun = System.nanoTime();
                update.executeUpdate();
                nanos[count++] = System.nanoTime() - begun;
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the application's write failed", e);
        }
    }

    /** Ends the writing. */
    Latency stop() throws InterruptedException {
        stopped = true;
        thread.join();
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        if (count == 0) {
            return new Latency(0, 0, 0, 0);
        }
        return new Latency(
                count, sorted[count / 2] / 1e6, sorted[(int) (count * 0.999)] / 1e6, sorted[count - 1] / 1e6);
    }

    /** Milliseconds but for the count. */
    record Latency(int writes, double median, double p999, double worst) {}
}
