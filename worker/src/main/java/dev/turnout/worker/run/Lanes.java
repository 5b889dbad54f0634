package dev.turnout.worker.run;

import dev.turnout.worker.phase.Stride;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * The parallel strides of one phase of a run. A stride blocks on the worker pool; everything else happens on the event loop
 * that made this, which also hears of every outcome.
 */
final class Lanes {
    private static final long NO_TIMER = -1;

    private final Workshop shop;
    private final IntFunction<Callable<Stride>> strides;
    private final BooleanSupplier mayStart;
    private final Listener listener;
    private boolean[] busy = new boolean[0];
    private long[] timers = new long[0];
    private final Promise<Void> quiet = Promise.promise();
    private boolean closed;

    /** Hears how a stride went; says how long its lane has to rest before the next. */
    @FunctionalInterface
    interface Listener {
        Duration ended(AsyncResult<Stride> outcome);
    }

    /** @param mayStart asked before each stride */
    Lanes(
            Workshop shop,
            int count,
            IntFunction<Callable<Stride>> strides,
            BooleanSupplier mayStart,
            Listener listener) {
        this.shop = shop;
        this.strides = strides;
        this.mayStart = mayStart;
        this.listener = listener;
        grow(count);
    }

    /** Never fewer than there were: a lane that is one too many is told so by its work, and rests. */
    final void grow(int count) {
        int before = busy.length;
        if (count > before) {
            busy = Arrays.copyOf(busy, count);
            timers = Arrays.copyOf(timers, count);
            Arrays.fill(timers, before, count, NO_TIMER);
        }
    }

    /** Starts every lane that is neither at work nor resting. */
    void start() {
        for (int lane = 0; lane < busy.length; lane++) {
            start(lane);
        }
    }

    private void start(int lane) {
        if (closed || busy[lane] || timers[lane] != NO_TIMER || !mayStart.getAsBoolean()) {
            return;
        }
        busy[lane] = true;
        // Not ordered: the lanes of a run must not wait for each other.
        shop.strides().executeBlocking(strides.apply(lane), false).onComplete(outcome -> {
            busy[lane] = false;
            if (closed) {
                quietIfIdle();
                return;
            }
            Duration rest = listener.ended(outcome);
            if (rest.isZero()) {
                start(lane);
            } else {
                timers[lane] = shop.vertx().setTimer(Math.max(1, rest.toMillis()), fired -> {
                    timers[lane] = NO_TIMER;
                    start(lane);
                });
            }
        });
    }

    boolean idle() {
        for (boolean each : busy) {
            if (each) {
                return false;
            }
        }
        return true;
    }

    /** Starts no further stride; completes when those in flight have ended. */
    Future<Void> close() {
        closed = true;
        for (int lane = 0; lane < timers.length; lane++) {
            if (timers[lane] != NO_TIMER) {
                shop.vertx().cancelTimer(timers[lane]);
            }
        }
        quietIfIdle();
        return quiet.future();
    }

    private void quietIfIdle() {
        if (idle()) {
            quiet.tryComplete();
        }
    }
}
