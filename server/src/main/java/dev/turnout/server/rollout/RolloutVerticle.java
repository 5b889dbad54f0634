package dev.turnout.server.rollout;

import dev.turnout.flags.time.Pace;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every rollout every five seconds of business time. Any number of servers may run it: each rollout is looked at
 * by one of them at a time. Owns its timer; holds no state besides.
 */
public final class RolloutVerticle extends VerticleBase {
    /** From the first bad outcome to the flag at 0: one of these and the push. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(RolloutVerticle.class);

    private final RolloutStores stores;
    private final Pace pace;
    private final Tick tick;

    private long timer = -1;
    private boolean stopping;
    private Future<Void> underWay = Future.succeededFuture();

    public RolloutVerticle(RolloutStores stores, Pace pace) {
        this.stores = stores;
        this.pace = pace;
        this.tick = new Tick(stores, pace);
    }

    @Override
    public Future<?> start() {
        arm();
        return Future.succeededFuture();
    }

    /** Waits for the look under way. */
    @Override
    public Future<?> stop() {
        stopping = true;
        vertx.cancelTimer(timer);
        return underWay;
    }

    private void arm() {
        if (!stopping) {
            timer = vertx.setTimer(pace.timer(PERIOD).toMillis(), fired -> {
                underWay = round();
                underWay.onComplete(done -> arm());
            });
        }
    }

    /** Never fails: what fails now is tried again in the next round. */
    private Future<Void> round() {
        return stores.rollouts()
                .tickable()
                .compose(this::each)
                .compose(done -> stores.outcomes().unwatched())
                .compose(this::count)
                .recover(failure -> {
                    LOG.warn("rollouts stand still: {}", failure.toString());
                    return Future.succeededFuture();
                });
    }

    private Future<Void> each(List<Long> runs) {
        Future<Void> all = Future.succeededFuture();
        for (long run : runs) {
            // One rollout that cannot be decided must not hold the others.
            all = all.compose(before -> tick.of(run).<Void>mapEmpty().recover(failure -> {
                LOG.warn("rollout of run {} stands still: {}", run, failure.toString());
                return Future.succeededFuture();
            }));
        }
        return all;
    }

    /** Nobody decides by them, but they are charted, and must not pile up. */
    private Future<Void> count(List<String> flagKeys) {
        Future<Void> all = Future.succeededFuture();
        for (String flagKey : flagKeys) {
            all = all.compose(before -> stores.database()
                    .transaction(tx -> stores.outcomes().take(tx, flagKey, Tick.MOST_REPORTS))
                    .mapEmpty());
        }
        return all;
    }
}
