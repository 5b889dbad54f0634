package dev.turnout.worker.run;

import dev.turnout.migration.Contract;
import dev.turnout.migration.Phase;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.run.RunBoard.Claim;
import io.vertx.core.AsyncResult;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one phase of a run goes, from its first stride to its ending: judges what each stride came to, shows that, and says how
 * long its lane rests. One for each time that the run enters the phase or changes hands. Event loop only.
 */
final class Course {
    private static final Logger log = LoggerFactory.getLogger(Course.class);
    /** A failure that no repetition has cured by now needs an operator. */
    private static final int HOPELESS = 10;

    private static final Duration BETWEEN_TRIES_BACK = Duration.ofSeconds(5);

    private final Sight sight;
    private final Contract contract;
    private final Clock clock;
    private Optional<Ending> ending = Optional.empty();
    private boolean stale;
    private int failures;

    Course(Sight sight, Contract contract, Clock clock) {
        this.sight = sight;
        this.contract = contract;
        this.clock = clock;
    }

    /** How the phase ends; empty: it goes on. */
    Optional<Ending> ending() {
        return ending;
    }

    /** The run is in other hands: a stride has met a newer epoch. */
    boolean stale() {
        return stale;
    }

    /**
     * A stride is over.
     *
     * @return how long its lane has to rest before the next
     */
    Duration ended(Claim claim, AsyncResult<Stride> outcome) {
        return outcome.succeeded() ? went(claim, outcome.result()) : failed(claim, outcome.cause());
    }

    private Duration went(Claim claim, Stride stride) {
        failures = 0;
        if (stride instanceof Stride.Again again) {
            sight.working(again.progress());
            return Duration.ZERO;
        }
        if (stride instanceof Stride.Rest rest) {
            return rest.pause();
        }
        if (stride instanceof Stride.Wait wait) {
            waiting(claim, wait.because());
            return wait.pause();
        }
        if (stride instanceof Stride.Done done) {
            ending = ending.or(() -> Optional.of(new Ending(claim.phase().next(), done.because(), done.report())));
            return Duration.ZERO;
        }
        Stride.Stop stop = (Stride.Stop) stride;
        sight.stopped(stop.problems(), stop.nextAction());
        if (claim.phase() == Phase.ROLLING_BACK) {
            // There is nowhere to fail to: what stands in the way is shown, and the way back is tried again.
            sight.waiting(stop.because());
            return BETWEEN_TRIES_BACK;
        }
        ending = Optional.of(new Ending(Phase.FAILED, stop.because(), stop.report()));
        return Duration.ZERO;
    }

    private void waiting(Claim claim, String because) {
        switch (claim.phase()) {
            case ROLLING_OUT -> sight.waiting("the rollout to complete");
            case SOAKING -> {
                sight.waiting("the conditions of the contract");
                sight.advise(String.join("; ", Intent.unmet(claim, contract, clock.instant())));
            }
            default -> sight.waiting(because);
        }
    }

    private Duration failed(Claim claim, Throwable cause) {
        Phase phase = claim.phase();
        if (cause instanceof StaleEpoch) {
            log.warn("run {} of {} is in other hands: {}", claim.run(), claim.migration(), cause.getMessage());
            stale = true;
            return Duration.ZERO;
        }
        failures++;
        String what = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        boolean curable = cause instanceof SQLException e
                && (Failure.of(e).transientLike() || Failure.of(e) == Failure.STATEMENT_TIMEOUT);
        if (!curable && failures >= HOPELESS && phase != Phase.ROLLING_BACK) {
            log.error("run {} of {} fails in {}", claim.run(), claim.migration(), phase, cause);
            sight.stopped(List.of(what), "mend the cause, then resume");
            ending = Optional.of(
                    new Ending(Phase.FAILED, phase + " failed " + failures + " times in a row: " + what, Map.of()));
            return Duration.ZERO;
        }
        if (!(cause instanceof SQLException)) {
            log.warn(
                    "a stride of run {} of {} in {} failed unexpectedly", claim.run(), claim.migration(), phase, cause);
        }
        sight.waiting("the database, after " + failures + " failure(s): " + what);
        return Backoff.after(failures);
    }
}
