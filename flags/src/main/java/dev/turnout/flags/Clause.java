package dev.turnout.flags;

import java.util.Map;

/**
 * One condition of a rule, decided by an activation strategy.
 *
 * @param strategy the id of the strategy, such as {@code turnout-attribute}
 * @param parameters of the strategy, by name
 */
public record Clause(String strategy, Map<String, String> parameters) {
    public Clause {
        parameters = Map.copyOf(parameters);
    }
}
