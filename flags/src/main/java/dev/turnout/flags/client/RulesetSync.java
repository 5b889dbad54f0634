package dev.turnout.flags.client;

import dev.turnout.flags.FlagSet;
import dev.turnout.flags.wire.Ruleset;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest flags: told by a stream, asked for now and then in case the stream is silently dead, and kept when the
 * server is gone. Thread-safe; owns a thread of its own for the stream.
 */
final class RulesetSync {
    private static final Logger log = LoggerFactory.getLogger(RulesetSync.class);

    /** The server sends a heartbeat every 15 s. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(40);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** A server that lags behind another catches up sooner; one whose database was restored from a backup never does. */
    private static final Duration OLDER_FOR = Duration.ofSeconds(30);

    private final ServerLine line;
    private final Optional<RulesetFile> file;
    private final LongSupplier nanoTime;
    private final List<BiConsumer<FlagSet, FlagSet>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "turnout-flags");

    private volatile FlagSet current = FlagSet.EMPTY;
    private volatile boolean confirmed;
    /** When the server last said that these flags are the newest. */
    private volatile long confirmedAt;

    private volatile long heardAt;
    private volatile @Nullable InputStream stream;
    private volatile boolean closed;
    private long olderSince;
    private boolean older;

    /** @param nanoTime as {@link System#nanoTime()} */
    RulesetSync(ServerLine line, Optional<RulesetFile> file, LongSupplier nanoTime) {
        this.line = line;
        this.file = file;
        this.nanoTime = nanoTime;
        this.thread.setDaemon(true);
    }

    /** Reads what is on disk, then goes on in the background. */
    void start() {
        file.flatMap(RulesetFile::read).ifPresent(kept -> current = kept);
        thread.start();
    }

    FlagSet current() {
        return current;
    }

    /** Since when the server has not confirmed the flags; empty when it never has. */
    Optional<Duration> age() {
        return confirmed ? Optional.of(Duration.ofNanos(nanoTime.getAsLong() - confirmedAt)) : Optional.empty();
    }

    /** @return whether the server has confirmed the flags at least once */
    boolean awaitReady(Duration atMost) throws InterruptedException {
        return ready.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @param listener told the flags before and after, on a thread of this client; must not block */
    void listen(BiConsumer<FlagSet, FlagSet> listener) {
        listeners.add(listener);
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                poll();
                follow();
                pause = FIRST_PAUSE;
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    log.warn("no news of flags, going on with version {}: {}", current.version(), e.getMessage());
                }
            }
            rest(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Asks once. Also called by a timer, while the stream is open. */
    void poll() throws IOException {
        long asked = nanoTime.getAsLong();
        Optional<String> ruleset = line.ruleset(current.version());
        if (ruleset.isPresent()) {
            accept(ruleset.get(), asked);
        } else {
            confirm(asked);
        }
    }

    private void follow() throws IOException {
        heardAt = nanoTime.getAsLong();
        InputStream opened = line.stream(current.version());
        stream = opened;
        try (EventReader events = new EventReader(opened, this::heard)) {
            for (Optional<String> event = events.next(); event.isPresent() && !closed; event = events.next()) {
                accept(event.get(), nanoTime.getAsLong());
            }
        } finally {
            stream = null;
        }
    }

    /** Whoever sends heartbeats would have sent a change as well, unless its flags are older than these. */
    private synchronized void heard() {
        heardAt = nanoTime.getAsLong();
        if (confirmed && !older) {
            confirmedAt = heardAt;
        }
    }

    private synchronized void confirm(long at) {
        older = false;
        confirmedAt = at;
        confirmed = true;
        ready.countDown();
    }

    private void accept(String ruleset, long asked) {
        FlagSet told = Ruleset.read(ruleset);
        FlagSet before;
        synchronized (this) {
            before = current;
            if (told.version() < before.version() && !olderForLong()) {
                return;
            }
            current = told;
            confirm(asked);
        }
        if (told.version() != before.version()) {
            file.ifPresent(kept -> kept.write(ruleset));
            listeners.forEach(listener -> tell(listener, before, told));
        }
    }

    /** Two servers may differ for a moment; but flags that stay older are what the installation now says. */
    private boolean olderForLong() {
        long now = nanoTime.getAsLong();
        if (!older) {
            older = true;
            olderSince = now;
        }
        return now - olderSince >= OLDER_FOR.toNanos();
    }

    private static void tell(BiConsumer<FlagSet, FlagSet> listener, FlagSet before, FlagSet after) {
        try {
            listener.accept(before, after);
        } catch (RuntimeException e) {
            log.error("a listener for flags failed; the others are told", e);
        }
    }

    /** Cuts a stream that has been silent for longer than the server ever is. */
    void watch() {
        if (nanoTime.getAsLong() - heardAt > LONGEST_SILENCE.toNanos()) {
            cut();
        }
    }

    private void cut() {
        InputStream open = stream;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.debug("closing a dead stream failed: {}", e.getMessage());
            }
        }
    }

    /** Not all clients come back to a server at the same moment. */
    private void rest(Duration pause) {
        try {
            if (!closed) {
                long millis = pause.toMillis();
                TimeUnit.MILLISECONDS.sleep(
                        millis / 2 + ThreadLocalRandom.current().nextLong(millis));
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    void close() {
        closed = true;
        thread.interrupt();
        cut();
    }
}
