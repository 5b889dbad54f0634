package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Decided;
import dev.turnout.server.control.Deed;
import dev.turnout.server.control.Incident.Finding;
import dev.turnout.server.control.Incident.Source;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import dev.turnout.server.control.Unknown;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * What operators do with the rollout of a flag, each in one transaction; to approve a step is the rollout store's. Fails
 * with {@link Unknown} or {@link Refused}. Thread-safe.
 */
public final class RolloutOperator {
    private final RolloutStores stores;
    private final Clock clock;
    private final Retreat retreat;

    /** @param clock business time */
    public RolloutOperator(RolloutStores stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
        this.retreat = new Retreat(stores, clock);
    }

    /** Holds the rollout where it is; a bad outcome still takes it back. */
    public Future<Void> pause(String flagKey, Change change) {
        return stores.database().transaction(tx -> pause(tx, flagKey, change));
    }

    /** The same, together with what else the transaction does. */
    public Future<Void> pause(Tx tx, String flagKey, Change change) {
        return paused(tx, flagKey, true, change);
    }

    public Future<Void> resume(String flagKey, Change change) {
        return stores.database().transaction(tx -> paused(tx, flagKey, false, change));
    }

    /**
     * Takes the flag to 0 % at once and latches it, with an incident; also a flag without a rollout.
     *
     * @return the flag as it is stored now
     */
    public Future<Flag> rollBack(String flagKey, Change change) {
        return rollBack(flagKey, Source.OPERATOR, Map.of(), change);
    }

    /**
     * Takes the flag back on behalf of something that watches from outside, such as an alert. What is refused because
     * data would be lost has an incident all the same: somebody must know.
     *
     * @param seen JSON values for the incident's evidence
     */
    public Future<Flag> rollBack(String flagKey, Source source, Map<String, Object> seen, Change change) {
        // A refusal commits what was written for it.
        return stores.database()
                .transaction(tx -> rollBack(tx, flagKey, source, seen, change)
                        .transform(done -> done.succeeded() || done.cause() instanceof Refused
                                ? Future.succeededFuture(done)
                                : Future.failedFuture(done.cause())))
                .compose(done ->
                        done.succeeded() ? Future.succeededFuture(done.result()) : Future.failedFuture(done.cause()));
    }

    /** The same, together with what else the transaction does. */
    public Future<Flag> rollBack(Tx tx, String flagKey, Source source, Map<String, Object> seen, Change change) {
        String because = change.reason().isBlank()
                ? "rolled back by " + change.actor()
                : "rolled back by " + change.actor() + ": " + change.reason();
        return stores.rollouts().lockOfFlag(tx, flagKey).compose(row -> flag(tx, flagKey)
                .compose(flag -> {
                    row.ifPresent(change::check);
                    if (flag.rolledBack().isPresent()) {
                        return refuse("the flag " + flagKey + " is rolled back already: "
                                + flag.rolledBack().get());
                    }
                    Map<String, Object> evidence = new LinkedHashMap<>(seen);
                    evidence.put("actor", change.actor());
                    evidence.put("flagVersion", flag.version());
                    evidence.put("weight", flag.weight().hundredThousandths());
                    row.ifPresent(there -> evidence.put("step", there.rollout().step()));
                    Finding finding = new Finding(source, because);
                    return retreat.obstacle(tx, row, flag)
                            .compose(obstacle -> obstacle.isPresent()
                                    ? refused(tx, row, flag, finding, obstacle.get(), evidence)
                                    : retreat.take(tx, row, flag, finding, evidence, change)
                                            .compose(after -> decided(tx, row, flagKey, "ROLL_BACK", because, evidence)
                                                    .map(after)));
                }));
    }

    /** An operator reads the refusal; of anything else nobody might. */
    private Future<Flag> refused(
            Tx tx,
            Optional<RolloutRow> row,
            Flag flag,
            Finding finding,
            String obstacle,
            Map<String, Object> evidence) {
        Future<Void> told = finding.source() == Source.OPERATOR
                ? Future.succeededFuture()
                : retreat.hold(tx, row, flag, finding, obstacle, evidence)
                        .compose(held -> decided(tx, row, flag.key(), Decided.REFUSED, finding.because(), evidence));
        return told.compose(done -> refuse("the flag " + flag.key() + " cannot go back: " + obstacle));
    }

    private Future<Void> decided(
            Tx tx,
            Optional<RolloutRow> row,
            String flagKey,
            String kind,
            String because,
            Map<String, Object> evidence) {
        OptionalLong run = row.isPresent() ? OptionalLong.of(row.get().run()) : OptionalLong.empty();
        return stores.guards().decisions().add(tx, flagKey, run, kind, because, evidence);
    }

    /**
     * Says that the incidents of the flag are understood. A rollout that was rolled back begins again where it went back
     * to, once the gates are open.
     *
     * @param change with a reason
     * @return the flag as it is stored now
     */
    public Future<Flag> acknowledge(String flagKey, Change change) {
        if (change.reason().isBlank()) {
            return refuse("an acknowledgement needs a reason: what was wrong, and what was done about it");
        }
        return stores.database()
                .transaction(tx -> stores.rollouts().lockOfFlag(tx, flagKey).compose(row -> flag(tx, flagKey)
                        .compose(flag -> stores.incidents()
                                .acknowledge(tx, flagKey, change)
                                .compose(acknowledged -> acknowledged == 0
                                                && flag.rolledBack().isEmpty()
                                        ? RolloutOperator.<Flag>refuse("the flag " + flagKey + " has no open incident")
                                        : unlatch(tx, row, flag, change)))));
    }

    private Future<Flag> unlatch(Tx tx, Optional<RolloutRow> row, Flag flag, Change change) {
        Future<Flag> unlatched = flag.rolledBack().isEmpty()
                ? Future.succeededFuture(flag)
                : stores.flags()
                        .update(
                                tx,
                                flag.key(),
                                now -> now.withWeight(Weight.NONE).acknowledged(),
                                change);
        return unlatched.compose(after -> row.isPresent() && row.get().rollout().state() == Rollout.State.LATCHED
                ? again(tx, row.get(), change).map(after)
                : Future.succeededFuture(after));
    }

    /** What the monitors said before counts no more; they are asked again. */
    private Future<Void> again(Tx tx, RolloutRow row, Change change) {
        return stores.rollouts()
                .save(
                        tx,
                        Retreat.restarted(
                                row,
                                Rollout.State.RUNNING,
                                row.rollout().step(),
                                clock.instant(),
                                "acknowledged by " + change.actor() + ": " + change.reason()))
                .compose(saved -> stores.monitors().dueNow(tx, row.run()));
    }

    private Future<Void> paused(Tx tx, String flagKey, boolean paused, Change change) {
        UnaryOperator<Rollout> how =
                now -> new Rollout(now.plan(), now.state(), paused, now.step(), now.enteredAt(), now.approvedStep());
        return stores.rollouts()
                .lockOfFlag(tx, flagKey)
                .map(row -> row.orElseThrow(() -> new Unknown("rollout under way of the flag", flagKey)))
                .map(row -> {
                    change.check(row);
                    return row;
                })
                .compose(row -> stores.rollouts()
                        .save(
                                tx,
                                row.with(
                                        how.apply(row.rollout()),
                                        (paused ? "paused by " : "resumed by ") + change.actor()))
                        .compose(saved -> stores.audit()
                                .write(
                                        tx,
                                        Deed.of(paused ? "rollout.pause" : "rollout.resume", "flag:" + flagKey),
                                        change)));
    }

    private Future<Flag> flag(Tx tx, String key) {
        return stores.flags().find(tx, key).map(flag -> flag.orElseThrow(() -> new Unknown("flag", key)));
    }

    private static <T> Future<T> refuse(String because) {
        return Future.failedFuture(new Refused(because));
    }
}
