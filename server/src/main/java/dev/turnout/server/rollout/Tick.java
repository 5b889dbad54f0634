package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.Complete;
import dev.turnout.flags.rollout.Decision.Release;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Deed;
import dev.turnout.server.control.Incident.Finding;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at one rollout and what follows from it: a single transaction, so that it happens whole or not at all, and on
 * one server only. Thread-safe.
 */
final class Tick {
    private static final Logger LOG = LoggerFactory.getLogger(Tick.class);

    /** What more than one tick's worth of reporters can bring; the rest waits for the next tick. */
    static final int MOST_REPORTS = 500;

    /** A process that has said nothing for so long is gone; its numbering need not be remembered. */
    private static final Duration SILENT = Duration.ofDays(30);

    private final RolloutStores stores;
    private final Pace pace;
    private final Gates gates;
    private final Retreat retreat;

    Tick(RolloutStores stores, Pace pace) {
        this.stores = stores;
        this.pace = pace;
        this.gates = new Gates(pace);
        this.retreat = new Retreat(stores);
    }

    /** @return the decision that was carried out; empty when another server is at it, or the rollout is gone */
    Future<Optional<Decision>> of(long run) {
        return stores.database().transaction(tx -> stores.rollouts()
                .lockForTick(tx, run)
                .compose(row -> row.isEmpty() ? Future.succeededFuture(Optional.empty()) : look(tx, row.get())));
    }

    private Future<Optional<Decision>> look(Tx tx, RolloutRow row) {
        return stores.guards()
                .lockForTick(tx, row.flagKey())
                .compose(remembered -> remembered.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : see(tx, row, remembered.get())
                                .compose(sight -> decide(tx, sight))
                                .map(Optional::of));
    }

    private Future<Sight> see(Tx tx, RolloutRow row, Watch remembered) {
        String key = row.flagKey();
        Instant now = pace.clock().instant();
        return stores.flags().find(tx, key).map(Optional::orElseThrow).compose(flag -> {
            Watch before = remembered.on(shape(flag), flag.version());
            return stores.outcomes().take(tx, key, MOST_REPORTS).compose(reports -> {
                Watch after = takeIn(before, now, reports);
                Future<Integer> forgotten = after.hour().equals(remembered.hour())
                        ? Future.succeededFuture(0)
                        : stores.outcomes().forgetSilentSince(tx, key, now.minus(SILENT));
                return forgotten
                        .compose(done -> stores.monitors().watched(tx, row.run()))
                        .map(monitors -> new Sight(row, flag, after, monitors, now));
            });
        });
    }

    /** Reports made under an older shape of the flag are passed over: their units may be on the other side by now. */
    private static Watch takeIn(Watch before, Instant now, List<OutcomeReport> reports) {
        Outcomes oldSide = Outcomes.NONE;
        Outcomes newSide = Outcomes.NONE;
        for (OutcomeReport report : reports) {
            if (report.flagVersion() >= before.ground().sinceVersion()) {
                oldSide = oldSide.and(report.arm(Side.OLD).units());
                newSide = newSide.and(report.arm(Side.NEW).units());
            }
        }
        return before.after(now, oldSide, newSide);
    }

    private Future<Decision> decide(Tx tx, Sight sight) {
        List<Gate> observed = gates.of(sight);
        Rollout rollout = sight.row().rollout();
        Decision decision = rollout.decide(sight.now(), observed);
        RolloutRow row = sight.row().withGates(rollout.gates(sight.now(), observed));
        return carryOut(tx, new Sight(row, sight.flag(), sight.watch(), sight.monitors(), sight.now()), decision)
                .compose(flag ->
                        stores.guards().save(tx, flag.key(), sight.watch().on(shape(flag), flag.version())))
                .map(decision);
    }

    /** @return the flag as it is stored now */
    private Future<Flag> carryOut(Tx tx, Sight sight, Decision decision) {
        if (decision instanceof RollBack rollBack) {
            return rollBack(tx, sight, rollBack);
        }
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

    private Future<Flag> rollBack(Tx tx, Sight sight, RollBack rollBack) {
        RolloutRow row = sight.row();
        Finding finding = new Finding(Gates.source(row.gates()), rollBack.because());
        var evidence = Evidence.of(sight, row.gates());
        if (!Retreat.possible(row)) {
            LOG.error("{}: cannot go back, the old side is being taken away: {}", row.flagKey(), rollBack.because());
            return retreat.hold(tx, row, sight.flag(), finding, evidence)
                    .compose(held -> stores.rollouts().save(tx, row.with(row.rollout(), "held: " + rollBack.because())))
                    .map(sight.flag());
        }
        LOG.warn("{}: rolled back from {}, {}", row.flagKey(), sight.flag().weight(), rollBack.because());
        return retreat.take(
                tx, Optional.of(row), sight.flag(), finding, evidence, new Change("guard", rollBack.because()));
    }

    /** Whatever decides which side a unit is on. */
    private static String shape(Flag flag) {
        return flag.newSide() + " of " + flag.seed() + " by "
                + flag.split().bucketBy().orElse("key") + " at "
                + flag.stage().map(Enum::name).orElse("no stage");
    }
}
