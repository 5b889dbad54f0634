package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Incident.Finding;
import dev.turnout.server.control.IncidentStore.Opening;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The one way back, whoever asks for it: flag to 0 and latched, rollout latched, incident opened; all in the caller's
 * transaction. Where going back would lose data it opens the incident and holds.
 */
final class Retreat {
    private final RolloutStores stores;

    Retreat(RolloutStores stores) {
        this.stores = stores;
    }

    /**
     * @param row the rollout of the flag, locked; empty for a flag without one
     * @return the flag as it is stored now
     */
    Future<Flag> take(
            Tx tx, Optional<RolloutRow> row, Flag flag, Finding finding, Map<String, Object> evidence, Change change) {
        OptionalLong run = row.isPresent() ? row.get().ofRun() : OptionalLong.empty();
        return stores.flags()
                .update(tx, flag.key(), now -> now.withWeight(Weight.NONE).rolledBack(finding.because()), change)
                .compose(after -> stores.incidents()
                        .open(tx, new Opening(flag.key(), run, finding, flag.newSide(), after.newSide(), evidence))
                        .compose(opened -> row.isPresent() ? latch(tx, row.get(), finding) : Future.succeededFuture())
                        .map(after));
    }

    private Future<Void> latch(Tx tx, RolloutRow row, Finding finding) {
        return stores.rollouts().save(tx, latched(row, finding.because()));
    }

    /** Opens the incident once and moves nothing: the old side is being taken away. */
    Future<Void> hold(Tx tx, RolloutRow row, Flag flag, Finding finding, Map<String, Object> evidence) {
        return stores.incidents()
                .unacknowledged(tx, flag.key())
                .compose(open -> open.isEmpty()
                        ? stores.incidents()
                                .open(
                                        tx,
                                        new Opening(
                                                flag.key(),
                                                row.ofRun(),
                                                new Finding(
                                                        finding.source(),
                                                        "held, not rolled back, as the old side is being taken away: "
                                                                + finding.because()),
                                                flag.newSide(),
                                                flag.newSide(),
                                                evidence))
                                .mapEmpty()
                        : Future.succeededFuture());
    }

    /** Whether the old side still has all data. */
    static boolean possible(RolloutRow row) {
        return row.phase() != Phase.CONTRACTING && row.phase() != Phase.DONE;
    }

    static RolloutRow latched(RolloutRow row, String because) {
        return restarted(row, Rollout.State.LATCHED, row.rollout().enteredAt(), because);
    }

    /** Before the first step, with nothing approved. */
    static RolloutRow restarted(RolloutRow row, Rollout.State state, Instant enteredAt, String because) {
        Rollout now = row.rollout();
        return row.with(new Rollout(now.plan(), state, now.paused(), -1, enteredAt, -1), because)
                .withFullSince(Optional.empty());
    }
}
