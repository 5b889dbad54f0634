package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Health;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.Decided;
import dev.turnout.server.control.GuardPoint;
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

/**
 * One look at one rollout and what follows from it: a single transaction, so that it happens whole or not at all, and on
 * one server only. Thread-safe.
 */
final class Tick {
    /** What more than one tick's worth of reporters can bring; the rest waits for the next tick. */
    static final int MOST_REPORTS = 2_000;

    /** How long it is of interest why a rollout waited. */
    private static final Duration WAITED = Duration.ofDays(30);

    /** A process that has said nothing for so long is gone; its numbering need not be remembered. */
    private static final Duration SILENT = Duration.ofDays(30);

    private final RolloutStores stores;
    private final Pace pace;
    private final Gates gates;
    private final Enactment enactment;

    Tick(RolloutStores stores, Pace pace) {
        this.stores = stores;
        this.pace = pace;
        this.gates = new Gates(pace);
        this.enactment = new Enactment(stores, pace.clock());
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
        return enactment
                .of(tx, sight.with(sight.row().withGates(all)), decision, evidence)
                .compose(done -> stores.guards()
                        .save(
                                tx,
                                done.flag().key(),
                                watch.on(shape(done.flag()), done.flag().version()))
                        .compose(saved -> keep(tx, sight, all, done.kind(), evidence)))
                .map(decision);
    }

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

    /** Whatever decides which side a unit is on. */
    private static String shape(Flag flag) {
        return flag.newSide() + " of " + flag.seed() + " by "
                + flag.split().bucketBy().orElse("key") + " at "
                + flag.stage().map(Enum::name).orElse("no stage");
    }
}
