package dev.turnout.flags.togglz;

import dev.turnout.flags.Clause;
import dev.turnout.flags.Condition;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Prerequisite;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.togglz.core.activation.Parameter;
import org.togglz.core.activation.ParameterBuilder;
import org.togglz.core.activation.UserRoleActivationStrategy;
import org.togglz.core.repository.FeatureState;

/**
 * A whole flag of Turnout as a Togglz strategy, for flags whose rules, prerequisites or schedule decide before the split.
 * Found by ServiceLoader. Thread-safe.
 */
public final class TurnoutFlag extends TurnoutStrategy {
    public static final String ID = "turnout-flag";

    static final String SOURCE = "source";
    static final String FLAG = "flag";

    /** Togglz makes its strategies by itself: where the flags are is found by name. */
    private static final Map<String, Supplier<FlagSet>> SOURCES = new ConcurrentHashMap<>();

    /** Made by ServiceLoader. */
    public TurnoutFlag() {
        super(ID, "Turnout: the whole flag");
    }

    /** @return the name under which conditions find these flags, for as long as the process lives */
    static String register(Supplier<FlagSet> flags) {
        String name = UUID.randomUUID().toString();
        SOURCES.put(name, flags);
        return name;
    }

    @Override
    public Parameter[] getParameters() {
        return new Parameter[] {
            ParameterBuilder.create(FLAG).label("Flag").description("the key of the flag"),
            ParameterBuilder.create(SOURCE).label("Source").description("set by the state repository")
        };
    }

    @Override
    Condition condition(String flag, Map<String, String> parameters) {
        String key = required(parameters, FLAG);
        Supplier<FlagSet> flags = source(parameters);
        return (subject, time) -> flags.get().evaluate(key, subject, time).on();
    }

    @Override
    Set<String> attributes(Map<String, String> parameters) {
        FlagSet flags = source(parameters).get();
        Set<String> attributes = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(Set.of(required(parameters, FLAG)));
        while (!open.isEmpty()) {
            Optional<Flag> flag = flags.flag(open.pop()).filter(it -> seen.add(it.key()));
            flag.ifPresent(asked -> {
                asked.split().bucketBy().ifPresent(attributes::add);
                asked.targeting().rules().stream()
                        .flatMap(rule -> rule.when().stream())
                        .forEach(clause -> attributes.addAll(attributes(clause)));
                asked.targeting().prerequisites().stream()
                        .map(Prerequisite::flag)
                        .forEach(open::push);
            });
        }
        return attributes;
    }

    /** Strategies of Togglz itself ask for roles at most. */
    private static Set<String> attributes(Clause clause) {
        return switch (clause.strategy()) {
            case TurnoutAttribute.ID -> new TurnoutAttribute().attributes(clause.parameters());
            case TurnoutSplit.ID -> new TurnoutSplit().attributes(clause.parameters());
            default -> Set.of(UserRoleActivationStrategy.USER_ATTRIBUTE_ROLES);
        };
    }

    private static Supplier<FlagSet> source(Map<String, String> parameters) {
        Supplier<FlagSet> flags = SOURCES.get(required(parameters, SOURCE));
        if (flags == null) {
            throw new IllegalArgumentException("the flags are those of a process that has ended");
        }
        return flags;
    }

    /** How a flag looks to Togglz. */
    static FeatureState describe(Flag flag, String source, FeatureState state) {
        return state.setEnabled(true)
                .setStrategyId(ID)
                .setParameter(FLAG, flag.key())
                .setParameter(SOURCE, source);
    }
}
