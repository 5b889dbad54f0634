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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Business time of a demo: runs fast while the demo runs, stands still while it does not, and never goes back, not even
 * after {@code kill -9}. Thread-safe.
 */
final class BusinessTime implements AutoCloseable {
    private static final Duration KEEP_EVERY = Duration.ofMillis(200);
    private static final Duration SHORTEST_TIMER = Duration.ofMillis(100);

    private final Path file;
    private final Pace pace;
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(keep -> {
        Thread thread = new Thread(keep, "demo clock");
        thread.setDaemon(true);
        return thread;
    });

    private BusinessTime(Path file, Pace pace) {
        this.file = file;
        this.pace = pace;
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
        return new BusinessTime(
                file, new Pace(new ScaledClock(real, real.instant(), now, scale), scale, SHORTEST_TIMER));
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
}
