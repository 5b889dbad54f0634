package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Prerequisite;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.Tx;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes all flags what a document says, in one transaction and as an operator would: a rollout that moves a flag is not
 * passed by. To try it is to do it and not to commit it, so a trial cannot disagree with the act. Thread-safe.
 */
public final class FlagImport {
    private final RolloutStores stores;
    private final ByHand byHand;

    public FlagImport(RolloutStores stores, ByHand byHand) {
        this.stores = stores;
        this.byHand = byHand;
    }

    /**
     * What is wanted.
     *
     * @param flags how each becomes what it shall be; may throw {@link Problems}
     * @param prune whether flags that are not named are archived
     * @param expected version of the flag set; empty: any
     */
    public record Wanted(Map<String, UnaryOperator<Flag>> flags, boolean prune, Optional<Long> expected) {}

    /** What comes of it, by key; {@code before} is empty for a new one. */
    public record Changed(Optional<Flag> before, Flag after) {}

    /**
     * @param version of the flag set that it was held against
     * @param changes by key
     */
    public record Diff(long version, List<Changed> changes) {}

    /** Why it cannot be done: all there is to say. */
    public static final class Problems extends RuntimeException {
        private final transient List<String> problems;

        public Problems(List<String> problems) {
            super(String.join("; ", problems));
            this.problems = List.copyOf(problems);
        }

        public List<String> problems() {
            return problems;
        }
    }

    /** Ends a trial's transaction. */
    private static final class Tried extends RuntimeException {
        private final transient Diff diff;

        private Tried(Diff diff) {
            super("a trial", null, false, false);
            this.diff = diff;
        }
    }

    /** Fails with {@link Problems}, or {@link dev.turnout.server.control.VersionConflict}. */
    public Future<Diff> apply(Wanted wanted, boolean trial, Change change) {
        return stores.database()
                .transaction(tx -> stores.flags()
                        .load(tx)
                        .compose(set -> apply(tx, set, wanted, change))
                        .map(diff -> {
                            if (trial) {
                                throw new Tried(diff);
                            }
                            return diff;
                        }))
                .recover(failure -> failure instanceof Tried tried
                        ? Future.succeededFuture(tried.diff)
                        : Future.failedFuture(failure));
    }

    private Future<Diff> apply(Tx tx, FlagSet set, Wanted wanted, Change change) {
        Map<String, Changed> changes = changes(set, wanted);
        // In the order of all others: rollouts, then the flag set. Whoever changed a flag meanwhile is found out then.
        Future<Void> locked = Future.succeededFuture();
        for (String key : changes.keySet()) {
            locked = locked.compose(
                    before -> stores.rollouts().lockOfFlag(tx, key).mapEmpty());
        }
        List<String> problems = new ArrayList<>();
        Future<Void> all = locked.compose(
                done -> stores.flags().expect(tx, wanted.expected().orElse(set.version()), set.version()));
        for (Changed each : inOrder(changes)) {
            all = all.compose(before -> apply(tx, each, change).recover(failure -> {
                if (!(failure instanceof Refused)) {
                    return Future.failedFuture(failure);
                }
                problems.add(String.valueOf(failure.getMessage()));
                return Future.succeededFuture();
            }));
        }
        return all.map(done -> {
            if (!problems.isEmpty()) {
                throw new Problems(problems);
            }
            return new Diff(set.version(), List.copyOf(changes.values()));
        });
    }

    private Future<Void> apply(Tx tx, Changed changed, Change change) {
        return changed.before().isEmpty()
                ? stores.flags().create(tx, changed.after(), change).mapEmpty()
                : byHand.change(tx, changed.after().key(), now -> changed.after(), false, change)
                        .mapEmpty();
    }

    /** What differs, by key. */
    private static Map<String, Changed> changes(FlagSet set, Wanted wanted) {
        Map<String, Changed> changes = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        wanted.flags().forEach((key, how) -> {
            Optional<Flag> before = set.flag(key);
            try {
                Flag after = how.apply(before.orElseGet(() -> Flag.create(key)));
                if (before.isEmpty() || !before.get().equals(after)) {
                    changes.put(key, new Changed(before, after));
                }
            } catch (Problems e) {
                problems.addAll(e.problems());
            }
        });
        if (!problems.isEmpty()) {
            throw new Problems(problems);
        }
        if (wanted.prune()) {
            set.flags().stream()
                    .filter(flag -> !wanted.flags().containsKey(flag.key()) && flag.state() != Flag.State.ARCHIVED)
                    .forEach(flag -> changes.put(
                            flag.key(), new Changed(Optional.of(flag), flag.withState(Flag.State.ARCHIVED))));
        }
        return changes;
    }

    /** What is needed comes before what needs it; what is archived comes last, after what needed it. */
    private static List<Changed> inOrder(Map<String, Changed> changes) {
        Set<String> order = new LinkedHashSet<>();
        changes.keySet().forEach(key -> place(key, changes, order, new LinkedHashSet<>()));
        List<Changed> staying = new ArrayList<>();
        List<Changed> going = new ArrayList<>();
        for (String key : order) {
            Changed changed = changes.getOrDefault(key, new Changed(Optional.empty(), Flag.create(key)));
            if (changed.after().state() == Flag.State.ARCHIVED) {
                going.add(0, changed);
            } else {
                staying.add(changed);
            }
        }
        staying.addAll(going);
        return staying;
    }

    private static void place(String key, Map<String, Changed> changes, Set<String> order, Set<String> above) {
        @Nullable Changed changed = changes.get(key);
        // A circle is refused by whoever stores it.
        if (changed != null && above.add(key) && !order.contains(key)) {
            Set<String> needed = changed.after().targeting().prerequisites().stream()
                    .map(Prerequisite::flag)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            needed.forEach(each -> place(each, changes, order, above));
            order.add(key);
        }
    }
}
