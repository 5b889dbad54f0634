package dev.turnout.flags.togglz;

import dev.turnout.flags.Condition;
import dev.turnout.flags.TextList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.togglz.core.activation.Parameter;
import org.togglz.core.activation.ParameterBuilder;

/**
 * Compares an attribute of the subject with values. An attribute that is a list is compared element by element. Found by
 * ServiceLoader. Thread-safe.
 */
public final class TurnoutAttribute extends TurnoutStrategy {
    public static final String ID = "turnout-attribute";

    /** The name under which the subject's own key is compared. */
    public static final String TARGETING_KEY = "targetingKey";

    static final String ATTRIBUTE = "attribute";
    static final String OPERATOR = "operator";
    /** The parameter that holds a list of texts. */
    public static final String VALUES = "values";

    static final String NOT = "not";

    /** Made by ServiceLoader. */
    public TurnoutAttribute() {
        super(ID, "Turnout: compare an attribute");
    }

    @Override
    public Parameter[] getParameters() {
        return new Parameter[] {
            ParameterBuilder.create(ATTRIBUTE)
                    .label("Attribute")
                    .description("the user attribute that is compared; " + TARGETING_KEY + ": the user's name"),
            ParameterBuilder.create(OPERATOR).label("Operator").description("one of " + Operator.words()),
            ParameterBuilder.create(VALUES)
                    .label("Values")
                    .description("separated by commas; one of them must compare"),
            ParameterBuilder.create(NOT)
                    .label("Not")
                    .description("true: holds when no value compares")
                    .matching("true|false")
                    .optional()
        };
    }

    @Override
    Condition condition(String flag, Map<String, String> parameters) {
        String attribute = required(parameters, ATTRIBUTE);
        Operator operator = Operator.of(required(parameters, OPERATOR));
        List<String> values = TextList.read(required(parameters, VALUES));
        if (values.isEmpty()) {
            throw new IllegalArgumentException("the parameter '" + VALUES + "' holds no value");
        }
        Predicate<Object> compares = operator.with(values);
        boolean not = negated(parameters);
        if (attribute.equals(TARGETING_KEY)) {
            return (subject, time) -> !subject.key().isEmpty() && not != compares.test(subject.key());
        }
        return (subject, time) -> {
            Object given = subject.attributes().get(attribute);
            // Not even a negated clause holds for what is not known.
            return given != null && not != test(compares, given);
        };
    }

    @Override
    Set<String> attributes(Map<String, String> parameters) {
        String attribute = parameters.getOrDefault(ATTRIBUTE, TARGETING_KEY);
        return attribute.equals(TARGETING_KEY) ? Set.of() : Set.of(attribute);
    }

    private static boolean test(Predicate<Object> compares, Object given) {
        return given instanceof Collection<?> several ? several.stream().anyMatch(compares) : compares.test(given);
    }

    private static boolean negated(Map<String, String> parameters) {
        String not = parameters.getOrDefault(NOT, "false");
        if (!not.equals("true") && !not.equals("false")) {
            throw new IllegalArgumentException("the parameter '" + NOT + "' is true or false, not '" + not + "'");
        }
        return not.equals("true");
    }
}
