package dev.turnout.flags;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** All flags at one version, compiled to answer quickly. Immutable and thread-safe. */
public final class FlagSet {
    /** What a process holds before it has heard of any flag. */
    public static final FlagSet EMPTY = of(0, List.of());

    private final long version;
    private final Map<String, CompiledFlag> compiled;
    private final Collection<Flag> flags;

    /** Those whose answers may depend on more than the subject. */
    private final List<CompiledFlag> changing;

    private FlagSet(long version, Map<String, CompiledFlag> compiled, Collection<Flag> flags) {
        this.version = version;
        this.compiled = compiled;
        this.flags = flags;
        this.changing = flags.stream()
                .map(flag -> Objects.requireNonNull(compiled.get(flag.key())))
                .filter(flag -> !flag.moment(InstantSource.fixed(Instant.EPOCH)).equals(Optional.of("")))
                .toList();
    }

    /** @throws IllegalArgumentException when two flags have one key */
    public static FlagSet of(long version, Collection<Flag> flags) {
        Map<String, Flag> byKey = new TreeMap<>();
        for (Flag flag : flags) {
            if (byKey.put(flag.key(), flag) != null) {
                throw new IllegalArgumentException("two flags have the key " + flag.key());
            }
        }
        Map<String, CompiledFlag> compiled = new TreeMap<>();
        byKey.forEach((key, flag) -> compiled.put(key, new CompiledFlag(flag, Strategies.installed())));
        compiled.forEach((key, flag) -> flag.link(compiled, other -> !requires(byKey, other, key)));
        return new FlagSet(version, Map.copyOf(compiled), Collections.unmodifiableCollection(byKey.values()));
    }

    /** Whether a flag needs the other one first, at any distance. */
    private static boolean requires(Map<String, Flag> flags, String key, String other) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(key));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (next.equals(other)) {
                return true;
            }
            Flag flag = flags.get(next);
            if (flag != null && seen.add(next)) {
                flag.targeting().prerequisites().forEach(each -> open.push(each.flag()));
            }
        }
        return false;
    }

    public long version() {
        return version;
    }

    /** In the order of their keys. */
    public Collection<Flag> flags() {
        return flags;
    }

    public Optional<Flag> flag(String key) {
        return Optional.ofNullable(compiled.get(key)).map(CompiledFlag::flag);
    }

    /**
     * Answers always: what is wrong with the question is said by {@link Evaluation#error()}.
     *
     * @param time asked only by flags that depend on it
     */
    public Evaluation evaluate(String key, Subject subject, InstantSource time) {
        CompiledFlag flag = compiled.get(key);
        return flag == null ? Evaluation.notFound(key, version) : flag.evaluate(subject, time, Trail.SILENT);
    }

    /**
     * A text that stays the same for as long as no answer changes by the passing of time; empty when nobody can tell,
     * because a strategy of somebody else decides.
     */
    public Optional<String> moment(InstantSource time) {
        StringBuilder moments = new StringBuilder();
        for (CompiledFlag flag : changing) {
            Optional<String> moment = flag.moment(time);
            if (moment.isEmpty()) {
                return moment;
            }
            moments.append(moment.get());
        }
        return Optional.of(moments.toString());
    }

    /** How many different {@link Evaluation#form forms} the answers of a flag have; 1 when there is no such flag. */
    public int forms(String key) {
        CompiledFlag flag = compiled.get(key);
        return flag == null ? 1 : flag.forms();
    }

    /** The same answer, and how it came about; empty when there is no such flag. */
    public Optional<Explanation> explain(String key, Subject subject, InstantSource time) {
        return Optional.ofNullable(compiled.get(key)).map(flag -> {
            Explaining trail = new Explaining();
            return trail.explanation(flag.flag(), flag.evaluate(subject, time, trail));
        });
    }
}
