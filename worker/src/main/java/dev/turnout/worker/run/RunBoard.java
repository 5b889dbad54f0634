package dev.turnout.worker.run;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.backfill.RejectedRow;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.verify.Demand;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a worker reads and writes of the control state. All writes are fenced by the epoch of the claim: under an older
 * one they fail with {@link ClaimLost} and change nothing. Thread-safe; futures complete on the caller's context.
 */
public interface RunBoard {
    /**
     * Claims or renews every run that is not over, is free or held by this worker, and whose database this worker has.
     * A run that changes hands gets a higher epoch.
     *
     * @param lease real time until somebody else may claim, reckoned by the control database's clock
     */
    Future<List<Claim>> claim(String worker, List<String> databases, Duration lease);

    /**
     * Moves the run from one phase to the next, with the report of the phase that ended. In the same transaction the
     * rollout opens with ROLLING_OUT, ends with DONE and ROLLED_BACK, and ROLLING_BACK takes the flag to 0. Entering
     * FAILED turns the wish RUN into PAUSE: only an operator's word makes the run go on. What is to be verified anew ends
     * unmet once one side is taken away.
     */
    Future<Void> enter(Claim claim, Phase from, Phase to, String because, Map<String, Object> report);

    /** Stores what operators see: progress, the reason for a wait, problems and what to do about them. */
    Future<Void> note(Claim claim, Note note);

    /**
     * Shows operators which rows are put aside, in place of what was shown before.
     *
     * @param triedAgain the newest wish to try them again that this list has behind it: {@link Orders#retries}
     */
    Future<Void> rejected(Claim claim, Rejected rows, long triedAgain);

    /** Shows operators what is done to the schema, and the latest batches beside those shown before. */
    Future<Void> logged(Claim claim, Log log);

    /** Lets go of the run, so that another worker need not wait for the lease to end. */
    Future<Void> release(Claim claim);

    /**
     * A run in this worker's hands.
     *
     * @param run number, unique for ever
     * @param phaseEnteredAt business time
     * @param wish what the operator wants now
     * @param pausedFrom the phase to resume, while PAUSED or FAILED
     * @param rollout where the flag's rollout stands, as the control state has it
     * @param orders what operators said besides
     */
    record Claim(
            String migration,
            long run,
            long epoch,
            Bundle bundle,
            Phase phase,
            Instant phaseEnteredAt,
            Wish wish,
            Optional<Phase> pausedFrom,
            RolloutView rollout,
            Orders orders) {
        /** The claim as the board has it after {@link RunBoard#enter}, so that the next phase need not wait for a look at it. */
        Claim entered(Phase to, Phase from, Instant at) {
            boolean still = to == Phase.PAUSED || to == Phase.FAILED;
            return new Claim(
                    migration,
                    run,
                    epoch,
                    bundle,
                    to,
                    at,
                    to == Phase.FAILED && wish == Wish.RUN ? Wish.PAUSE : wish,
                    still ? Optional.of(from) : Optional.empty(),
                    rollout,
                    orders);
        }
    }

    /**
     * @param retries how often an operator has wanted the rows that are put aside to be tried again
     * @param demands what is to be verified anew and is not over, the oldest first
     */
    record Orders(Tuning tuning, long retries, List<Demand> demands) {
        public static final Orders NONE = new Orders(Tuning.NONE, 0);

        public Orders {
            demands = List.copyOf(demands);
        }

        public Orders(Tuning tuning, long retries) {
            this(tuning, retries, List.of());
        }
    }

    /**
     * @param total rows that are put aside now
     * @param rows the first of them, in the order in which they were put aside
     * @param beyond a sentence for each move of which there are more than the spec allows
     */
    record Rejected(long total, List<RejectedRow> rows, List<String> beyond) {
        public Rejected {
            rows = List.copyOf(rows);
            beyond = List.copyOf(beyond);
        }
    }

    /**
     * @param schema in place of what was shown before; empty: nothing is new of it
     * @param batches in the order of their commits
     */
    record Log(Optional<List<SchemaLog.Line>> schema, List<BatchLog.Line> batches) {
        public Log {
            schema = schema.map(List::copyOf);
            batches = List.copyOf(batches);
        }
    }

    enum Wish {
        RUN,
        PAUSE,
        ROLL_BACK
    }

    /**
     * @param begun the ramp has been opened
     * @param complete 100 % has soaked
     * @param weight of the new side now, in 100 000ths
     * @param fullSince business time since when the flag is at 100 % without an incident; empty when it is not
     * @param openIncidents unacknowledged
     * @param contractApprovedBy empty until an operator approved
     * @param backup what the operator recorded; empty until then
     */
    record RolloutView(
            boolean begun,
            boolean complete,
            int weight,
            Optional<Instant> fullSince,
            int openIncidents,
            Optional<String> contractApprovedBy,
            Optional<String> backup) {}

    /**
     * @param waitingFor empty while work goes on
     * @param progress JSON values by move or step
     * @param problems for operators, empty when none
     * @param verified what the rolling verification knows; empty leaves what is stored
     */
    record Note(
            String waitingFor,
            Map<String, Object> progress,
            List<String> problems,
            String nextAction,
            Optional<Verified> verified) {}

    /**
     * How young the proof is.
     *
     * @param from business time since which every row has been verified; empty before the first full pass
     * @param mismatches that stand now, broken triggers included; above 0 the new side must not be trusted
     * @param ages along the keys; none where nothing is moved, or nobody has looked
     * @param met how far each demand is that the worker knows of
     */
    record Verified(Optional<Instant> from, long mismatches, Ages ages, List<Demand.Met> met) {
        public Verified {
            met = List.copyOf(met);
        }

        public Verified(Optional<Instant> from, long mismatches, Ages ages) {
            this(from, mismatches, ages, List.of());
        }

        public Verified(Optional<Instant> from, long mismatches) {
            this(from, mismatches, Ages.NONE);
        }
    }

    /** The run is in other hands now, or was changed under us; stop work on it and claim again. */
    final class ClaimLost extends RuntimeException {
        public ClaimLost(String migration, long epoch) {
            super("the claim on " + migration + " with epoch " + epoch + " is gone");
        }
    }
}
