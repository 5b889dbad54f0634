package dev.turnout.worker.run;

import dev.turnout.migration.Contract;
import dev.turnout.migration.Phase;
import dev.turnout.worker.contract.Conditions;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.RolloutView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a run should do next, by what its operator wants and where its rollout stands. */
sealed interface Intent {
    /** Do the work of the phase the run is in. */
    record Work() implements Intent {}

    record Enter(Phase to, String because) implements Intent {}

    /** @param waitingFor for operators; empty when nothing is expected of anybody */
    record Rest(String waitingFor) implements Intent {}

    /** Pure: same arguments, same answer. */
    static Intent of(Claim claim, Contract contract, Instant now) {
        return switch (claim.wish()) {
            case PAUSE -> pause(claim);
            case ROLL_BACK -> rollBack(claim);
            case RUN -> run(claim, contract, now);
        };
    }

    private static Intent pause(Claim claim) {
        return switch (claim.phase()) {
            case PAUSED, FAILED, DONE, ROLLED_BACK -> new Rest("");
            default -> new Enter(Phase.PAUSED, "an operator paused it");
        };
    }

    private static Intent rollBack(Claim claim) {
        return switch (claim.phase()) {
            case DONE, ROLLED_BACK -> new Rest("");
            // The new side must be out of use before it is taken away.
            case ROLLING_BACK ->
                claim.rollout().weight() == 0
                        ? new Work()
                        : new Rest("the flag to reach 0 %: applications still use the new side");
            default -> new Enter(Phase.ROLLING_BACK, "an operator rolls it back");
        };
    }

    private static Intent run(Claim claim, Contract contract, Instant now) {
        return switch (claim.phase()) {
            case DONE, ROLLED_BACK -> new Rest("");
            case PAUSED, FAILED ->
                claim.pausedFrom()
                        .<Intent>map(from -> new Enter(from, "an operator resumed it"))
                        .orElseGet(() -> new Rest("an operator: it is not known where to resume"));
            case ROLLING_BACK -> rollBack(claim);
            case ROLLING_OUT ->
                claim.rollout().complete() ? new Enter(Phase.SOAKING, "the rollout is complete") : new Work();
            case SOAKING -> {
                List<String> unmet = unmet(claim, contract, now);
                yield unmet.isEmpty()
                        ? new Enter(Phase.CONTRACTING, "every condition of the contract holds")
                        : new Work();
            }
            default -> new Work();
        };
    }

    /** The conditions of the contract that do not hold yet, in words for operators. */
    static List<String> unmet(Claim claim, Contract contract, Instant now) {
        RolloutView rollout = claim.rollout();
        Conditions.Facts facts = new Conditions.Facts(
                rollout.fullSince(), rollout.openIncidents(), rollout.contractApprovedBy(), rollout.backup());
        List<String> unmet = new ArrayList<>(Conditions.unmet(contract, facts, now));
        if (!claim.orders().demands().isEmpty()) {
            unmet.add("verified: what an operator wants verified anew is not done yet");
        }
        return unmet;
    }
}
