package dev.turnout.worker.run;

import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.phase.Stride;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane beside those of a phase: work that goes on while the phase does its own, while it is paused and when it has failed.
 * It neither ends a phase nor fails a run; what stands in its way is told and tried again. Event loop only.
 */
final class Beside {
    private static final Logger log = LoggerFactory.getLogger(Beside.class);
    private static final Duration AFTER_A_STOP = Duration.ofSeconds(5);

    private final Optional<Lanes> lane;
    private final Listener listener;
    private int failures;

    /** Hears what operators should know, and of the end of each stride. */
    interface Listener {
        /** @param because what is waited for; empty: nothing any more */
        void waiting(String because);

        void stale();

        void ended();
    }

    Beside(Workshop shop, Optional<Callable<Stride>> stride, BooleanSupplier mayStart, Listener listener) {
        this.listener = listener;
        this.lane = stride.map(work -> new Lanes(shop, 1, number -> work, mayStart, this::ended));
    }

    void start() {
        lane.ifPresent(Lanes::start);
    }

    boolean idle() {
        return lane.map(Lanes::idle).orElse(true);
    }

    /** Starts nothing more; completes when the stride in flight is over. */
    Future<Void> close() {
        return lane.map(Lanes::close).orElseGet(Future::succeededFuture);
    }

    private Duration ended(AsyncResult<Stride> outcome) {
        Duration rest = outcome.succeeded() ? went(outcome.result()) : failed(outcome.cause());
        listener.ended();
        return rest;
    }

    private Duration went(Stride stride) {
        failures = 0;
        if (stride instanceof Stride.Wait wait) {
            listener.waiting(wait.because());
            return wait.pause();
        }
        if (stride instanceof Stride.Stop stop) {
            listener.waiting(stop.because() + ": " + String.join("; ", stop.problems()));
            return AFTER_A_STOP;
        }
        listener.waiting("");
        return stride instanceof Stride.Rest rest ? rest.pause() : Duration.ZERO;
    }

    private Duration failed(Throwable cause) {
        if (cause instanceof StaleEpoch) {
            listener.stale();
            return Duration.ZERO;
        }
        failures++;
        log.warn("carrying changes to the other server failed {} time(s) in a row: {}", failures, cause.toString());
        listener.waiting("changes are not carried to the other server: " + cause.getMessage());
        return Backoff.after(failures);
    }
}
