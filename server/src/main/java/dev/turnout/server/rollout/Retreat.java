package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.stage.Stage;
import dev.turnout.migration.Phase;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Incident.Finding;
import dev.turnout.server.control.Incident.Source;
import dev.turnout.server.control.IncidentStore.Opening;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The one way back, whoever asks for it: flag to 0 and latched, or to the last good step where the plan says so; rollout
 * latched, incident opened; all in the caller's transaction. Where going back would lose data it opens the incident and
 * holds.
 */
final class Retreat {
    private final RolloutStores stores;
    private final Clock clock;

    /** @param clock business time */
    Retreat(RolloutStores stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
    }

    /**
     * @param row the rollout of the flag, locked; empty for a flag without one
     * @return the flag as it is stored now
     */
    Future<Flag> take(
            Tx tx, Optional<RolloutRow> row, Flag flag, Finding finding, Map<String, Object> evidence, Change change) {
        int target = row.map(there -> target(there.rollout(), flag.newSide(), finding.source()))
                .orElse(-1);
        return stores.flags()
                .update(
                        tx,
                        flag.key(),
                        now -> target < 0
                                ? now.withWeight(Weight.NONE).rolledBack(finding.because())
                                : now.withWeight(
                                        row.orElseThrow().rollout().plan().weight(target)),
                        change)
                .compose(after -> stores.incidents()
                        .open(tx, new Opening(flag.key(), run(row), finding, flag.newSide(), after.newSide(), evidence))
                        .compose(opened ->
                                row.isPresent() ? latch(tx, row.get(), target, finding) : Future.succeededFuture())
                        .map(after));
    }

    /**
     * The step to go back to; −1: to 0. A way back never sends more units to the new side, wherever somebody has put the
     * flag meanwhile. Where data differ, no step was good.
     */
    static int target(Rollout rollout, Weight now, Source source) {
        int target = source == Source.OPERATOR || source == Source.VERIFICATION
                ? -1
                : rollout.plan().terms().onBad().target(rollout.step());
        while (target >= 0 && rollout.plan().weight(target).compareTo(now) >= 0) {
            target--;
        }
        return target;
    }

    /** What the monitors said before counts no more. */
    private Future<Void> latch(Tx tx, RolloutRow row, int target, Finding finding) {
        return stores.rollouts()
                .save(tx, restarted(row, Rollout.State.LATCHED, target, clock.instant(), finding.because()))
                .compose(saved -> target < 0
                        ? Future.succeededFuture()
                        : stores.monitors().dueNow(tx, row.run()));
    }

    /** Opens the incident once and moves nothing. */
    Future<Void> hold(
            Tx tx,
            Optional<RolloutRow> row,
            Flag flag,
            Finding finding,
            String obstacle,
            Map<String, Object> evidence) {
        Finding held = new Finding(
                finding.source(), "held, not rolled back: " + obstacle + "; what was bad: " + finding.because());
        return stores.incidents()
                .unacknowledged(tx, flag.key())
                .compose(open -> open.isEmpty()
                        ? stores.incidents()
                                .open(
                                        tx,
                                        new Opening(
                                                flag.key(), run(row), held, flag.newSide(), flag.newSide(), evidence))
                                .mapEmpty()
                        : Future.succeededFuture());
    }

    /** What would be lost by going back; empty: nothing. */
    Future<Optional<String>> obstacle(Tx tx, Optional<RolloutRow> row, Flag flag) {
        if (row.isPresent() && !possible(row.get())) {
            RolloutRow there = row.get();
            return stores.rollouts()
                    .contracted(tx, there.run())
                    .map(steps -> Optional.of("the old side is being taken away (" + there.phase() + " of "
                            + there.migration() + steps.map(done -> ", " + done).orElse("")
                            + "), so what is written meanwhile would be lost"));
        }
        return Future.succeededFuture(
                flag.stage().filter(Stage.COMPLETE::equals).isPresent()
                        ? Optional.of("at the stage COMPLETE nothing is written to the old side any more, so what was"
                                + " written since would be lost")
                        : Optional.empty());
    }

    /** Whether the old side still has all data. */
    static boolean possible(RolloutRow row) {
        return row.phase() != Phase.CONTRACTING && row.phase() != Phase.DONE;
    }

    /** Where a rollout begins again: on a step, −1 before the first, with nothing approved. */
    static RolloutRow restarted(RolloutRow row, Rollout.State state, int step, Instant enteredAt, String because) {
        Rollout now = row.rollout();
        return row.with(new Rollout(now.plan(), state, now.paused(), step, enteredAt, -1), because)
                .withFullSince(Optional.empty());
    }

    private static OptionalLong run(Optional<RolloutRow> row) {
        return row.isPresent() ? row.get().ofRun() : OptionalLong.empty();
    }
}
