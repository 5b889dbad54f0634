package dev.turnout.server.control;

import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A rollout as the control state has it, with what its decisions need to know of what it belongs to.
 *
 * @param run its number; that of the run whose rollout it is, unless it is {@link Around#alone}
 * @param migration empty for a rollout without one
 * @param phase of the run; the one to resume while that is paused or failed; ROLLING_OUT without a run
 * @param fullSince business time since when the flag is at 100 %, but for units held back, without an incident; empty when
 *     it is not
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
        Proof proof,
        Around around) {
    public RolloutRow {
        gates = List.copyOf(gates);
    }

    /**
     * @param maxAge business age a row's verification may reach before the rollout waits
     * @param beyond of which moves more rows are put aside than may be, in words; empty: of none
     */
    public record Proof(Duration maxAge, Verified verified, String beyond) {}

    /**
     * What others have said.
     *
     * @param alone without a migration
     * @param beganBy whoever started the run, or the rollout
     * @param approvedBy whoever approved the next step
     * @param frozen who stopped all steps, and why
     * @param contractApprovedBy whoever approved that the old side goes
     */
    public record Around(
            boolean alone,
            String beganBy,
            Optional<String> approvedBy,
            Optional<String> frozen,
            Optional<String> contractApprovedBy) {
        Around approved(Optional<String> by) {
            return new Around(alone, beganBy, by, frozen, contractApprovedBy);
        }
    }

    /** For messages. */
    public String title() {
        return around.alone() ? "rollout of the flag " + flagKey : "rollout of " + migration;
    }

    /** The number of the run, where there is one. */
    public OptionalLong ofRun() {
        return around.alone() ? OptionalLong.empty() : OptionalLong.of(run);
    }

    /** Names what operators decide on: changes with each decision, and not with each look at the gates. */
    public String tag() {
        return run + "-" + rollout.state() + "-" + rollout.step() + "-" + rollout.approvedStep() + "-"
                + (rollout.paused() ? "held" : "free");
    }

    public RolloutRow with(Rollout rollout, String because) {
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof, around);
    }

    public RolloutRow withGates(List<Gate> gates) {
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof, around);
    }

    public RolloutRow withFullSince(Optional<Instant> fullSince) {
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof, around);
    }

    public RolloutRow withApprovedBy(String actor) {
        Around approved = around.approved(Optional.of(actor));
        return new RolloutRow(run, migration, phase, flagKey, rollout, fullSince, gates, because, proof, approved);
    }
}
