package dev.turnout.server.demo;

import dev.turnout.flags.time.Pace;
import dev.turnout.flags.time.ScaledClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Business time of a demo: stands still until it is told to run, runs fast from then on, and never goes back from one
 * process to the next, not even after {@code kill -9}. Thread-safe.
 */
final class BusinessTime implements AutoCloseable {
    private static final Duration KEEP_EVERY = Duration.ofMillis(200);
    private static final Duration SHORTEST_TIMER = Duration.ofMillis(100);

    private final Path file;
    private final Stopped clock;
    private final Pace pace;
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(keep -> {
        Thread thread = new Thread(keep, "demo clock");
        thread.setDaemon(true);
        return thread;
    });

    private BusinessTime(Path file, Stopped clock, double scale) {
        this.file = file;
        this.clock = clock;
        this.pace = new Pace(clock, scale, SHORTEST_TIMER);
        keep();
        keeper.scheduleWithFixedDelay(this::keep, KEEP_EVERY.toMillis(), KEEP_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Goes on where the file says, or begins.
     *
     * @param real what real time is
     * @param begin business time of the very first start
     * @param scale business seconds per real second
     */
    static BusinessTime resume(Path file, Clock real, Instant begin, double scale) throws IOException {
        Instant now = begin;
        if (Files.exists(file)) {
            // What was stored after the file was kept last must not lie in the future.
            now = Instant.parse(Files.readString(file).strip()).plusMillis((long) (2 * KEEP_EVERY.toMillis() * scale));
        }
        return new BusinessTime(file, new Stopped(real, now, scale), scale);
    }

    /** Begins to run, once everybody who lives by it is there. */
    void run() {
        clock.run();
    }

    Pace pace() {
        return pace;
    }

    private void keep() {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, pace.clock().instant().toString());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        keeper.shutdown();
        keep();
    }

    /** A clock that shows one instant until it is started. */
    private static final class Stopped extends Clock {
        private final Clock real;
        private final Instant start;
        private final double scale;
        private volatile Clock shown;

        Stopped(Clock real, Instant start, double scale) {
            this.real = real;
            this.start = start;
            this.scale = scale;
            this.shown = Clock.fixed(start, real.getZone());
        }

        void run() {
            shown = new ScaledClock(real, real.instant(), start, scale);
        }

        @Override
        public Instant instant() {
            return shown.instant();
        }

        @Override
        public ZoneId getZone() {
            return shown.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return shown.withZone(zone);
        }
    }
}
