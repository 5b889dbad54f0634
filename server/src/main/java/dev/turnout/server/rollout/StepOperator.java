package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Health;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Deed;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Tx;
import dev.turnout.server.control.Unknown;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What operators do with the steps of a rollout: begin one without a migration, approve, skip, end; each in one transaction.
 * Fails with {@link Unknown} or {@link Refused}. Thread-safe.
 */
public final class StepOperator {
    private final RolloutStores stores;
    private final Clock clock;

    /** @param clock business time */
    public StepOperator(RolloutStores stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
    }

    /** Lets a plan move a flag that no migration moves, from the step that it is on. */
    public Future<Void> begin(String flagKey, Plan plan, Change change) {
        return stores.database().transaction(tx -> stores.flags()
                .lock(tx)
                .compose(locked -> flag(tx, flagKey))
                .compose(flag -> begin(tx, flag, plan, change)));
    }

    private Future<Void> begin(Tx tx, Flag flag, Plan plan, Change change) {
        int step = ByHand.step(plan, flag.weight());
        if (!plan.weight(step).equals(flag.weight())) {
            return refuse("the flag " + flag.key() + " is at " + flag.weight()
                    + ", which is no step of the plan: set it to 0% or to the weight of a step first");
        }
        if (!flag.live()) {
            return refuse(
                    "the flag " + flag.key() + " is switched off or rolled back: switch it on or acknowledge first");
        }
        Instant now = clock.instant();
        return stores.rollouts()
                .begin(tx, flag.key(), plan, now, change)
                .compose(number -> stores.rollouts().lock(tx, number))
                .compose(row -> stores.rollouts()
                        .save(
                                tx,
                                row.with(onStep(row.rollout(), step, now, -1), row.because())
                                        .withFullSince(step == plan.last() ? Optional.of(now) : Optional.empty())))
                .compose(saved -> audit(tx, "rollout.begin", flag.key(), Map.of("plan", plan), change));
    }

    /** Ends a rollout without a migration; the flag stays where it is. */
    public Future<Void> end(String flagKey, Change change) {
        return locked(flagKey, change, (tx, row) -> {
            if (!row.around().alone()) {
                return refuse("the rollout of the flag " + flagKey + " belongs to the migration " + row.migration()
                        + ": roll that back, or let it end");
            }
            Rollout now = row.rollout();
            Rollout ended = new Rollout(
                    now.plan(), Rollout.State.ENDED, false, now.step(), now.enteredAt(), now.approvedStep());
            return stores.rollouts()
                    .save(tx, row.with(ended, "ended by " + change.actor()))
                    .compose(saved -> audit(tx, "rollout.end", flagKey, Map.of(), change));
        });
    }

    /**
     * Lets the rollout enter its next step once the other gates are open. Refused when it is on its last step, was rolled
     * back, or needs four eyes and this is whoever began it.
     */
    public Future<Void> approve(String flagKey, Change change) {
        return locked(flagKey, change, (tx, row) -> {
            Rollout now = row.rollout();
            int next = now.step() + 1;
            if (next > now.plan().last()) {
                return refuse("the " + row.title() + " is on its last step");
            }
            if (now.state() == Rollout.State.LATCHED) {
                return refuse("the " + row.title() + " was rolled back: acknowledge the incident first");
            }
            Optional<String> same = oneAndTheSame(row, change);
            if (same.isPresent()) {
                return refuse(same.get());
            }
            Rollout approved = new Rollout(now.plan(), now.state(), now.paused(), now.step(), now.enteredAt(), next);
            return stores.rollouts()
                    .save(tx, row.with(approved, row.because()).withApprovedBy(change.actor()))
                    .compose(saved -> audit(tx, "rollout.approve", flagKey, Map.of("step", next), change));
        });
    }

    /**
     * Goes to a later step at once, past soak, monitors and approval. Refused unless it is forced with a reason, and always
     * while something is known to be bad, the rollout is frozen, was rolled back, or has not been opened.
     *
     * @param to the weight of a step ahead
     */
    public Future<Void> skip(String flagKey, Weight to, boolean force, Change change) {
        return locked(flagKey, change, (tx, row) -> {
            Optional<String> why = unskippable(row, to, force, change);
            return why.isPresent()
                    ? refuse(why.get())
                    : skip(tx, row, ByHand.step(row.rollout().plan(), to), change);
        });
    }

    private Optional<String> unskippable(RolloutRow row, Weight to, boolean force, Change change) {
        Rollout now = row.rollout();
        Plan plan = now.plan();
        int step = ByHand.step(plan, to);
        if (now.state() != Rollout.State.RUNNING) {
            return Optional.of("the " + row.title() + " cannot skip a step: it is " + now.state());
        }
        if (step <= now.step() || !plan.weight(step).equals(to)) {
            return Optional.of(to + " is no step ahead of the " + row.title() + ": "
                    + plan.steps().stream().map(each -> each.to().toString()).collect(Collectors.joining(", ")));
        }
        String bad = named(
                row.gates().stream().filter(gate -> gate.health() == Health.BAD).toList());
        if (!bad.isEmpty()) {
            return Optional.of("the " + row.title() + " skips no step while something is bad: " + bad);
        }
        if (row.around().frozen().isPresent()) {
            return Optional.of("the " + row.title() + " skips no step: "
                    + row.around().frozen().get() + " (thaw it first)");
        }
        if (!force) {
            return Optional.of("the " + row.title() + " skips no step, since "
                    + (step > now.step() + 1 ? "there are steps between; " : "") + "closed are: "
                    + named(closed(row)) + " (force it with a reason)");
        }
        if (change.reason().isBlank()) {
            return Optional.of("to force the " + row.title() + " past its gates needs a reason");
        }
        return oneAndTheSame(row, change);
    }

    private static List<Gate> closed(RolloutRow row) {
        return row.gates().stream().filter(gate -> !gate.open()).toList();
    }

    private static String named(List<Gate> gates) {
        return gates.stream()
                .map(gate -> gate.name() + " (" + gate.because() + ")")
                .collect(Collectors.joining(", "));
    }

    private Future<Void> skip(Tx tx, RolloutRow row, int step, Change change) {
        Rollout now = row.rollout();
        Weight to = now.plan().weight(step);
        String because = "skipped to " + to + " by " + change.actor() + ": " + change.reason();
        Instant at = clock.instant();
        RolloutRow skipped = row.with(onStep(now, step, at, Math.max(now.approvedStep(), step)), because)
                .withFullSince(step == now.plan().last() ? Optional.of(at) : Optional.empty());
        List<String> closed = closed(row).stream().map(Gate::name).toList();
        return stores.flags()
                .update(tx, row.flagKey(), flag -> flag.withWeight(to), change)
                .compose(flag -> stores.rollouts().save(tx, skipped))
                .compose(saved -> stores.monitors().dueNow(tx, row.run()))
                .compose(due -> audit(
                        tx,
                        "rollout.skip",
                        row.flagKey(),
                        Map.of("from", now.step(), "to", step, "closed", closed),
                        change));
    }

    private static Rollout onStep(Rollout now, int step, Instant at, int approved) {
        return new Rollout(now.plan(), now.state(), now.paused(), step, at, approved);
    }

    /** Why this is not a second pair of eyes; empty: it is, or none is asked for. */
    private static Optional<String> oneAndTheSame(RolloutRow row, Change change) {
        return row.rollout().plan().terms().fourEyes() && row.around().beganBy().equals(change.actor())
                ? Optional.of("the " + row.title() + " needs four eyes: " + change.actor()
                        + " has begun it, somebody else approves")
                : Optional.empty();
    }

    private interface Doing {
        Future<Void> with(Tx tx, RolloutRow row);
    }

    private Future<Void> locked(String flagKey, Change change, Doing doing) {
        return stores.database().transaction(tx -> stores.rollouts()
                .lockOfFlag(tx, flagKey)
                .map(row -> row.orElseThrow(() -> new Unknown("rollout under way of the flag", flagKey)))
                .map(row -> {
                    change.check(row);
                    return row;
                })
                .compose(row -> doing.with(tx, row)));
    }

    private Future<Flag> flag(Tx tx, String key) {
        return stores.flags().find(tx, key).map(flag -> flag.orElseThrow(() -> new Unknown("flag", key)));
    }

    private Future<Void> audit(Tx tx, String action, String flagKey, Map<String, Object> after, Change change) {
        return stores.audit().write(tx, Deed.of(action, "flag:" + flagKey).to(after), change);
    }

    private static <T> Future<T> refuse(String because) {
        return Future.failedFuture(new Refused(because));
    }
}
