package dev.turnout.server.control;

import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The rollout of a run as the control state has it, with what its decisions need to know of the run.
 *
 * @param phase of the run; the one to resume while that is paused or failed
 * @param fullSince business time since when the flag is at 100 % without an incident; empty when it is not
 * @param gates as of the last tick
 * @param because of the last decision
 * @param proof what the run's verification knows
 */
public record RolloutRow(
        long run,
        String migration,
        Phase phase,
        String flagKey,
        Rollout rollout,
        Optional<Instant> fullSince,
        List<Gate> gates,
        String because,
        Proof proof) {
    public RolloutRow {
        gates = List.copyOf(gates);
    }

    /** @param maxAge business age a row's verification may reach before the rollout waits */
    public record Proof(Duration maxAge, Verified verified) {}

    /** Names what operators decide on: changes with each decision, and not with each look at the gates. */
    public String tag() {
        return run + "-" + rollout.state() + "-" + rollout.step() + "-" + rollout.approvedStep() + "-"
                + (rollout.paused() ? "held" : "free");
    }

    public RolloutRow with(Rollout rollout, String because) {
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof);
    }

    public RolloutRow withGates(List<Gate> gates) {
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof);
    }

    public RolloutRow withFullSince(Optional<Instant> fullSince) {
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof);
    }
}
