package dev.turnout.server.snapshot;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.News;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current flags in memory: loaded when deployed, refreshed by news and, should those fail, by looking at the version
 * now and then. Never goes back to an older version. What it answers may be read on any thread; refreshing runs on the
 * verticle's.
 */
public final class FlagSnapshots extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(FlagSnapshots.class);

    /** Real time between two looks at the version: how late a change is seen at most when its news is lost. */
    public static final Duration NET = Duration.ofSeconds(5);

    private final FlagStore flags;
    private final News news;
    private final Duration net;
    private final Timer propagation;
    private final List<Consumer<FlagSet>> listeners = new CopyOnWriteArrayList<>();

    private volatile FlagSet current = FlagSet.EMPTY;
    /** {@link System#nanoTime} at which {@link #current} was last known to be the newest. */
    private volatile long knownAt = System.nanoTime();

    private @Nullable Future<FlagSet> loading;
    private boolean stopped;

    /** @param net real time between two looks at the version, see {@link #NET} */
    public FlagSnapshots(FlagStore flags, ControlSettings settings, Duration net, MeterRegistry registry) {
        this.propagation = Timer.builder("turnout.propagation")
                .description("time from a change of a flag until this server answers by it, whoever made it")
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10))
                .register(registry);
        this.flags = flags;
        this.net = net;
        this.news = new News(settings, this::heard);
    }

    @Override
    public Future<?> start() {
        return load().onSuccess(loaded -> {
            news.start();
            lookLater();
        });
    }

    @Override
    public Future<?> stop() {
        stopped = true;
        news.close();
        return Future.succeededFuture();
    }

    /** The newest flags this process knows of. */
    public FlagSet current() {
        return current;
    }

    /** Real time since {@link #current()} was last known to be the newest. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - knownAt);
    }

    /** @param listener told every newer flag set, in order, on the verticle's thread; must not block */
    public void listen(Consumer<FlagSet> listener) {
        listeners.add(listener);
    }

    /**
     * The flags at this version or a newer one, so that whoever changed a flag sees the change.
     *
     * @return completes at once when they are here already
     */
    public Future<FlagSet> refreshTo(long version) {
        FlagSet now = current;
        return now.version() >= version
                ? Future.succeededFuture(now)
                : Future.future(promise -> context.runOnContext(go -> loadAnew().onComplete(promise)));
    }

    /** On the news' thread. */
    private void heard(OptionalLong version) {
        if (version.isEmpty() || version.getAsLong() > current.version()) {
            context.runOnContext(go ->
                    loadAnew().onFailure(failure -> LOG.warn("cannot load newer flags: {}", failure.getMessage())));
        }
    }

    private void lookLater() {
        if (!stopped) {
            vertx.timer(net.toMillis(), TimeUnit.MILLISECONDS)
                    .compose(passed -> look())
                    .onFailure(failure -> {
                        // A stop cancels the timer, which then fails.
                        if (!stopped) {
                            LOG.warn("cannot look for newer flags: {}", failure.getMessage());
                        }
                    })
                    .onComplete(looked -> lookLater());
        }
    }

    private Future<Void> look() {
        long asked = System.nanoTime();
        return flags.version().compose(version -> {
            if (version > current.version()) {
                return load().mapEmpty();
            }
            knownAt = asked;
            return Future.succeededFuture();
        });
    }

    /** A load that begins now or later; one under way may have begun before the change in question. */
    private Future<FlagSet> loadAnew() {
        Future<FlagSet> before = loading;
        return before == null ? load() : before.transform(done -> load());
    }

    /** One load at a time; whoever asks while one is under way gets that one. */
    private Future<FlagSet> load() {
        Future<FlagSet> running = loading;
        if (running != null) {
            return running;
        }
        long asked = System.nanoTime();
        Future<FlagSet> load = flags.load().map(loaded -> accept(loaded, asked));
        loading = load;
        return load.onComplete(done -> loading = null);
    }

    private FlagSet accept(FlagSet loaded, long asked) {
        knownAt = asked;
        boolean first = current == FlagSet.EMPTY;
        if (loaded.version() > current.version() || first) {
            current = loaded;
            listeners.forEach(listener -> tell(listener, loaded));
            if (!first) {
                measure(loaded.version());
            }
        }
        return current;
    }

    /** By the database's clock alone: those of two servers may differ by more than what is measured. */
    private void measure(long version) {
        flags.sinceChange(version)
                .onSuccess(passed -> passed.ifPresent(propagation::record))
                .onFailure(failure -> LOG.debug("cannot tell how late flags came: {}", failure.getMessage()));
    }

    private static void tell(Consumer<FlagSet> listener, FlagSet flags) {
        try {
            listener.accept(flags);
        } catch (RuntimeException e) {
            LOG.error("a listener for flags failed; the others are told", e);
        }
    }
}
