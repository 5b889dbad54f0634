package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.Complete;
import dev.turnout.flags.rollout.Decision.Release;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Decided;
import dev.turnout.server.control.Deed;
import dev.turnout.server.control.Incident.Finding;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a decision out: moves flag and rollout, and tells of it; all in the caller's transaction. Thread-safe. */
final class Enactment {
    private static final Logger LOG = LoggerFactory.getLogger(Enactment.class);

    private final RolloutStores stores;
    private final Retreat retreat;

    /** @param clock business time */
    Enactment(RolloutStores stores, Clock clock) {
        this.stores = stores;
        this.retreat = new Retreat(stores, clock);
    }

    /**
     * What a decision came to: {@code REFUSED} when it could not be carried out.
     *
     * @param flag as it is stored now
     */
    record Done(Flag flag, String kind) {}

    Future<Done> of(Tx tx, Sight sight, Decision decision, Map<String, Object> evidence) {
        return decision instanceof RollBack rollBack
                ? rollBack(tx, sight, rollBack, evidence)
                : of(tx, sight, decision)
                        .map(flag ->
                                new Done(flag, Evidence.Verdict.of(decision).kind()));
    }

    private Future<Flag> of(Tx tx, Sight sight, Decision decision) {
        if (decision instanceof Advance advance) {
            return advance(tx, sight, advance);
        }
        if (decision instanceof Complete complete) {
            return complete(tx, sight, complete);
        }
        if (decision instanceof Release release) {
            return moved(
                    tx,
                    sight,
                    Weight.ALL,
                    release.because(),
                    entered(sight, sight.row().rollout().step()));
        }
        return stores.rollouts()
                .save(tx, sight.row().with(sight.row().rollout(), decision.because()))
                .compose(saved -> Tidings.onlyApprovalLacks(sight.row())
                        ? stores.notices().put(tx, Tidings.approvalAwaited(sight.row()))
                        : Future.succeededFuture())
                .map(sight.flag());
    }

    private Future<Flag> complete(Tx tx, Sight sight, Complete complete) {
        RolloutRow row = sight.row();
        Rollout now = row.rollout();
        Rollout done = new Rollout(
                now.plan(), Rollout.State.COMPLETE, now.paused(), now.step(), now.enteredAt(), now.approvedStep());
        LOG.info("{}: complete, {}", row.flagKey(), complete.because());
        return stores.rollouts()
                .save(tx, row.with(done, complete.because()))
                .compose(saved -> stores.audit()
                        .write(
                                tx,
                                Deed.of("rollout.complete", "flag:" + row.flagKey()),
                                new Change("rollout", complete.because())))
                .map(sight.flag());
    }

    private Future<Flag> advance(Tx tx, Sight sight, Advance advance) {
        Plan plan = sight.row().rollout().plan();
        RolloutRow next = entered(sight, advance.step())
                .withFullSince(advance.step() == plan.last() ? Optional.of(sight.now()) : Optional.empty());
        return moved(tx, sight, plan.weight(advance.step()), advance.because(), next);
    }

    /** On a step since now. */
    private static RolloutRow entered(Sight sight, int step) {
        Rollout now = sight.row().rollout();
        return sight.row()
                .with(
                        new Rollout(now.plan(), now.state(), now.paused(), step, sight.now(), now.approvedStep()),
                        sight.row().because());
    }

    /** More units get the new side; what was measured before says nothing of them. */
    private Future<Flag> moved(Tx tx, Sight sight, Weight to, String because, RolloutRow next) {
        LOG.info("{}: to {}, {}", sight.row().flagKey(), to, because);
        return stores.flags()
                .update(
                        tx,
                        sight.flag().key(),
                        now -> {
                            if (!now.equals(sight.flag())) {
                                throw new IllegalStateException(
                                        "the flag " + now.key() + " was changed while its rollout was decided");
                            }
                            return now.withWeight(to);
                        },
                        new Change("rollout", because))
                .compose(flag -> stores.rollouts()
                        .save(tx, next.with(next.rollout(), because))
                        .compose(saved -> stores.monitors().dueNow(tx, next.run()))
                        .compose(due -> stores.notices().put(tx, Tidings.stepEntered(next, flag.weight())))
                        .map(flag));
    }

    private Future<Done> rollBack(Tx tx, Sight sight, RollBack rollBack, Map<String, Object> evidence) {
        RolloutRow row = sight.row();
        Flag flag = sight.flag();
        Finding finding = new Finding(Gates.source(row.gates()), rollBack.because());
        return retreat.obstacle(tx, Optional.of(row), flag).compose(obstacle -> {
            if (obstacle.isPresent()) {
                LOG.error("{}: cannot go back: {}; {}", row.flagKey(), obstacle.get(), rollBack.because());
                return retreat.hold(tx, Optional.of(row), flag, finding, obstacle.get(), evidence)
                        .compose(held ->
                                stores.rollouts().save(tx, row.with(row.rollout(), "held: " + rollBack.because())))
                        .map(new Done(flag, Decided.REFUSED));
            }
            LOG.warn("{}: rolled back from {}, {}", row.flagKey(), flag.weight(), rollBack.because());
            Change change = new Change("guard", rollBack.because());
            return retreat.take(tx, Optional.of(row), flag, finding, evidence, change)
                    .map(after -> new Done(after, Evidence.Verdict.of(rollBack).kind()));
        });
    }
}
