package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.Complete;
import dev.turnout.flags.rollout.Decision.Release;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Health;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Decided;
import dev.turnout.server.control.Deed;
import dev.turnout.server.control.GuardPoint;
import dev.turnout.server.control.Incident.Finding;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at one rollout and what follows from it: a single transaction, so that it happens whole or not at all, and on
 * one server only. Thread-safe.
 */
final class Tick {
    private static final Logger LOG = LoggerFactory.getLogger(Tick.class);

    /** What more than one tick's worth of reporters can bring; the rest waits for the next tick. */
    static final int MOST_REPORTS = 2_000;

    /** How long it is of interest why a rollout waited. */
    private static final Duration WAITED = Duration.ofDays(30);

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
        this.retreat = new Retreat(stores, pace.clock());
    }

    /** @return the decision that was carried out; empty when another server is at it, or the rollout is gone */
    Future<Optional<Decision>> of(long run) {
        return stores.database()
                .transaction(tx -> stores.rollouts()
                        .lockForTick(tx, run)
                        .compose(row ->
                                row.isEmpty() ? Future.succeededFuture(Optional.<Looked>empty()) : look(tx, row.get())))
                .map(looked -> looked.map(done -> {
                    // Only now: a transaction may be tried again.
                    done.intake().count();
                    return done.decision();
                }));
    }

    private record Looked(Decision decision, Intake intake) {}

    private Future<Optional<Looked>> look(Tx tx, RolloutRow row) {
        return stores.guards()
                .lockForTick(tx, row.flagKey())
                .compose(remembered -> remembered.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : look(tx, row, remembered.get()).map(Optional::of));
    }

    /** The flag is read after the reports: none of them can know a newer one. */
    private Future<Looked> look(Tx tx, RolloutRow row, Watch remembered) {
        String key = row.flagKey();
        Instant now = pace.clock().instant();
        return stores.outcomes().take(tx, key, MOST_REPORTS).compose(reports -> stores.flags()
                .find(tx, key)
                .map(Optional::orElseThrow)
                .compose(flag -> {
                    Watch before = remembered.on(shape(flag), flag.version());
                    Intake intake = Intake.of(reports, before.ground().sinceVersion(), flag);
                    Watch watch = before.after(now, intake.oldSide(), intake.newSide());
                    return remember(tx, flag, watch, intake, now)
                            .compose(done -> watch.hour().equals(remembered.hour())
                                    ? Future.succeededFuture()
                                    : forget(tx, key, now))
                            .compose(done -> stores.monitors().watched(tx, row.run()))
                            .compose(
                                    monitors -> decide(tx, new Sight(row, flag, watch.figures(), monitors, now), watch))
                            .map(decision -> new Looked(decision, intake));
                }));
    }

    /** For charts: a silence leaves a gap. */
    private Future<Void> remember(Tx tx, Flag flag, Watch watch, Intake intake, Instant now) {
        if (intake.counted().isEmpty()) {
            return Future.succeededFuture();
        }
        Map<Metric, Double> evidence = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            evidence.put(metric, watch.evidence(metric));
        }
        return stores.guards()
                .history()
                .add(
                        tx,
                        flag.key(),
                        new GuardPoint(
                                now,
                                flag.newSide(),
                                OutcomeReport.Totals.of(Side.OLD, intake.counted()),
                                OutcomeReport.Totals.of(Side.NEW, intake.counted()),
                                evidence));
    }

    /** Once an hour. */
    private Future<Void> forget(Tx tx, String key, Instant now) {
        return stores.outcomes()
                .forgetSilentSince(tx, key, now.minus(SILENT))
                .compose(done -> stores.guards().history().thin(tx, key, now))
                .compose(done -> stores.guards().decisions().forgetStaysBefore(tx, key, now.minus(WAITED)));
    }

    private Future<Decision> decide(Tx tx, Sight sight, Watch watch) {
        List<Gate> observed = gates.of(sight);
        Rollout rollout = sight.row().rollout();
        Decision decision = rollout.decide(sight.now(), observed);
        List<Gate> all = rollout.gates(sight.now(), observed);
        Map<String, Object> evidence = Evidence.of(sight, all, decision, pace);
        return carryOut(tx, sight.with(sight.row().withGates(all)), decision, evidence)
                .compose(done -> stores.guards()
                        .save(
                                tx,
                                done.flag().key(),
                                watch.on(shape(done.flag()), done.flag().version()))
                        .compose(saved -> keep(tx, sight, all, done.kind(), evidence)))
                .map(decision);
    }

    /** What a decision came to: {@code REFUSED} when it could not be carried out. */
    private record Done(Flag flag, String kind) {}

    /** To wait, or to be unable to go back, is decided every five seconds: kept when it begins to have another reason. */
    private Future<Void> keep(Tx tx, Sight sight, List<Gate> gates, String kind, Map<String, Object> evidence) {
        boolean goesOn = kind.equals(Decided.STAY) || kind.equals(Decided.REFUSED);
        if (goesOn && closed(gates).equals(closed(sight.row().gates()))) {
            return Future.succeededFuture();
        }
        RolloutRow row = sight.row();
        return stores.guards()
                .decisions()
                .add(
                        tx,
                        row.flagKey(),
                        OptionalLong.of(row.run()),
                        kind,
                        ((Evidence.Verdict) Objects.requireNonNull(evidence.get(Evidence.DECISION))).because(),
                        evidence);
    }

    private static Map<String, Health> closed(List<Gate> gates) {
        return gates.stream()
                .filter(gate -> !gate.open())
                .collect(Collectors.toMap(Gate::name, Gate::health, Health::and));
    }

    private Future<Done> carryOut(Tx tx, Sight sight, Decision decision, Map<String, Object> evidence) {
        return decision instanceof RollBack rollBack
                ? rollBack(tx, sight, rollBack, evidence)
                : carryOut(tx, sight, decision)
                        .map(flag ->
                                new Done(flag, Evidence.Verdict.of(decision).kind()));
    }

    /** @return the flag as it is stored now */
    private Future<Flag> carryOut(Tx tx, Sight sight, Decision decision) {
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

    /** Whatever decides which side a unit is on. */
    private static String shape(Flag flag) {
        return flag.newSide() + " of " + flag.seed() + " by "
                + flag.split().bucketBy().orElse("key") + " at "
                + flag.stage().map(Enum::name).orElse("no stage");
    }
}
