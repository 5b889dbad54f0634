package dev.turnout.flags.togglz;

import dev.turnout.flags.Clause;
import dev.turnout.flags.Condition;
import dev.turnout.flags.Strategies;
import dev.turnout.flags.Subject;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.togglz.core.activation.Parameter;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.spi.ActivationStrategy;
import org.togglz.core.user.FeatureUser;
import org.togglz.core.util.NamedFeature;

/** The Togglz activation strategies of this process as conditions. Found by ServiceLoader. Thread-safe. */
public final class InstalledStrategies implements Strategies {
    private static final String GRADUAL = "gradual";
    private static final String SCRIPT = "script";

    /** Togglz brings them, Turnout does not use them. */
    private static final Map<String, String> REFUSED = Map.of(
            GRADUAL,
            "its buckets are correlated between flags: use " + TurnoutSplit.ID,
            SCRIPT,
            "whoever may change a flag could run code in every application");

    private final Map<String, ActivationStrategy> byId = new HashMap<>();

    /** Made by ServiceLoader. */
    public InstalledStrategies() {
        ServiceLoader.load(ActivationStrategy.class, ActivationStrategy.class.getClassLoader())
                .forEach(strategy -> byId.put(strategy.getId(), strategy));
        ServiceLoader.load(ActivationStrategy.class, InstalledStrategies.class.getClassLoader())
                .forEach(strategy -> byId.put(strategy.getId(), strategy));
    }

    @Override
    public Optional<Condition> condition(String flag, Clause clause) {
        String refused = REFUSED.get(clause.strategy());
        if (refused != null) {
            throw new IllegalArgumentException("is not used in Turnout: " + refused);
        }
        return Optional.ofNullable(byId.get(clause.strategy())).map(strategy -> {
            checkNames(strategy, clause.parameters());
            return strategy instanceof TurnoutStrategy ours
                    ? ours.condition(flag, clause.parameters())
                    : foreign(flag, strategy, clause.parameters());
        });
    }

    private static void checkNames(ActivationStrategy strategy, Map<String, String> parameters) {
        Set<String> known = Set.copyOf(
                Arrays.stream(strategy.getParameters()).map(Parameter::getName).toList());
        parameters.keySet().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("there is no parameter '" + name + "': there are " + known);
                });
    }

    private static Condition foreign(String flag, ActivationStrategy strategy, Map<String, String> parameters) {
        FeatureState state = new FeatureState(new NamedFeature(flag), true).setStrategyId(strategy.getId());
        parameters.forEach(state::setParameter);
        for (Parameter parameter : strategy.getParameters()) {
            String value = parameters.get(parameter.getName());
            if (value == null ? !parameter.isOptional() : !parameter.isValid(value)) {
                throw new IllegalArgumentException(
                        "the parameter '" + parameter.getName() + "' is " + (value == null ? "missing" : "not valid"));
            }
        }
        return new Foreign(strategy, state);
    }

    private record Foreign(ActivationStrategy strategy, FeatureState state) implements Condition {
        @Override
        public boolean holds(Subject subject, InstantSource time) {
            return strategy.isActive(state.copy(), new SubjectUser(subject));
        }

        @Override
        public Dependence dependence() {
            return Dependence.UNKNOWN;
        }
    }

    /** A subject as a strategy of Togglz sees it. */
    private record SubjectUser(Subject subject) implements FeatureUser {
        @Override
        public String getName() {
            return subject.key();
        }

        /** Being an administrator of features is a matter of the console, not of a subject. */
        @Override
        public boolean isFeatureAdmin() {
            return false;
        }

        @Override
        public @Nullable Object getAttribute(String name) {
            return subject.attributes().get(name);
        }
    }
}
