package dev.turnout.flags.togglz;

import dev.turnout.flags.Condition;
import dev.turnout.flags.Subject;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.spi.ActivationStrategy;
import org.togglz.core.user.FeatureUser;

/**
 * A strategy of ours: prepared once for many questions where Turnout evaluates it, and an ordinary strategy for Togglz.
 */
abstract class TurnoutStrategy implements ActivationStrategy {
    private static final InstantSource NOW = Clock.systemUTC();

    private final String id;
    private final String name;

    TurnoutStrategy(String id, String name) {
        this.id = id;
        this.name = name;
    }

    @Override
    public final String getId() {
        return id;
    }

    @Override
    public final String getName() {
        return name;
    }

    /**
     * The condition that the parameters describe.
     *
     * @param flag key of the flag, or name of the feature
     * @param parameters those that are not blank
     * @throws IllegalArgumentException says what is wrong with them
     */
    abstract Condition condition(String flag, Map<String, String> parameters);

    /** The attributes of the subject that the condition asks for, beside its key. */
    abstract Set<String> attributes(Map<String, String> parameters);

    /** False as well for what cannot be decided. */
    @Override
    public final boolean isActive(FeatureState state, @Nullable FeatureUser user) {
        try {
            Map<String, String> given = given(state);
            return condition(state.getFeature().name(), given).holds(subject(user, attributes(given)), NOW);
        } catch (IllegalArgumentException undecidable) {
            return false;
        }
    }

    private static Map<String, String> given(FeatureState state) {
        Map<String, String> given = new HashMap<>();
        state.getParameterNames().forEach(name -> parameter(state, name).ifPresent(value -> given.put(name, value)));
        return given;
    }

    static Optional<String> parameter(FeatureState state, String name) {
        return Optional.ofNullable(state.getParameter(name)).filter(value -> !value.isBlank());
    }

    static String required(Map<String, String> parameters, String name) {
        return Optional.ofNullable(parameters.get(name))
                .orElseThrow(() -> new IllegalArgumentException("the parameter '" + name + "' is missing"));
    }

    /** Togglz tells of a user only what it is asked for by name. */
    private static Subject subject(@Nullable FeatureUser user, Set<String> names) {
        if (user == null) {
            return Subject.ANONYMOUS;
        }
        Map<String, Object> attributes = new HashMap<>();
        for (String name : names) {
            Optional.ofNullable(user.getAttribute(name)).ifPresent(value -> attributes.put(name, value));
        }
        return new Subject(Optional.ofNullable(user.getName()).orElse(""), attributes);
    }
}
