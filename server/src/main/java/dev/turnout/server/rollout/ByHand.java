package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Changes a flag as an operator says, and keeps its rollout in step: fewer units on the new side is always possible while
 * the old side has all data; more is the rollout's to decide, unless forced. A rollout whose flag was moved is held, on
 * the step that fits. Each change is one transaction. Thread-safe.
 */
public final class ByHand {
    private final RolloutStores stores;
    private final Clock clock;

    /** @param clock business time */
    public ByHand(RolloutStores stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
    }

    /**
     * @param how what it throws fails the future
     * @param force send more units to the new side although a rollout moves the flag; needs a reason
     * @return the flag as it is stored now; fails with {@link Refused} or {@link dev.turnout.server.control.Unknown}
     */
    public Future<Flag> change(String key, UnaryOperator<Flag> how, boolean force, Change change) {
        return stores.database().transaction(tx -> change(tx, key, how, force, change));
    }

    Future<Flag> change(Tx tx, String key, UnaryOperator<Flag> how, boolean force, Change change) {
        return stores.rollouts().lockOfFlag(tx, key).compose(live -> stores.rollouts()
                .findOfFlag(tx, key)
                .compose(newest -> stores.flags().find(tx, key).compose(before -> stores.flags()
                        .update(
                                tx,
                                key,
                                now -> {
                                    Flag then = how.apply(now);
                                    newest.ifPresent(row -> allow(row, live, now, then, force, change));
                                    return then;
                                },
                                change)
                        .compose(after -> live.isPresent()
                                        && before.isPresent()
                                        && !before.get().newSide().equals(after.newSide())
                                ? stores.rollouts()
                                        .save(tx, held(live.get(), after.newSide(), change))
                                        .map(after)
                                : Future.succeededFuture(after)))));
    }

    private static void allow(
            RolloutRow newest, Optional<RolloutRow> live, Flag now, Flag then, boolean force, Change change) {
        int way = then.newSide().compareTo(now.newSide());
        if (way < 0 && (newest.phase() == Phase.DONE || !Retreat.possible(newest))) {
            throw new Refused("the flag " + now.key() + " cannot go back: the migration " + newest.migration()
                    + " has taken its old side away, or is doing so");
        }
        if (way <= 0 || live.isEmpty()) {
            return;
        }
        live.get().around().frozen().ifPresent(by -> {
            throw new Refused("the flag " + now.key() + " gets no more units: " + by + " (thaw it first)");
        });
        if (live.get().rollout().state() == Rollout.State.LATCHED) {
            throw new Refused("the flag " + now.key()
                    + " was rolled back: acknowledge its incident before more units see the new side");
        }
        if (!force) {
            throw new Refused("the flag " + now.key() + " is moved by the " + newest.title()
                    + ": approve its next step, or force it with a reason");
        }
        if (change.reason().isBlank()) {
            throw new Refused("to force the flag " + now.key() + " past its rollout needs a reason");
        }
    }

    private RolloutRow held(RolloutRow row, Weight weight, Change change) {
        Rollout now = row.rollout();
        int step = step(now.plan(), weight);
        Rollout.State state = now.state() == Rollout.State.COMPLETE ? Rollout.State.RUNNING : now.state();
        Rollout held = new Rollout(now.plan(), state, true, step, clock.instant(), Math.min(now.approvedStep(), step));
        return row.with(held, "set to " + weight + " by " + change.actor() + ", who must resume it")
                .withFullSince(step == now.plan().last() ? Optional.of(clock.instant()) : Optional.empty());
    }

    /** The last step that sends no more than this to the new side; −1 when each sends more. */
    static int step(Plan plan, Weight weight) {
        int step = -1;
        while (step < plan.last() && plan.weight(step + 1).compareTo(weight) <= 0) {
            step++;
        }
        return step;
    }
}
