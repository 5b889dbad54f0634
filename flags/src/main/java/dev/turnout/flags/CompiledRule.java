package dev.turnout.flags;

import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;

/** A rule with its conditions made. Immutable. */
record CompiledRule(int position, Rule rule, List<Condition> conditions, CompiledServe serve) {
    /** A clause that nobody here can decide becomes a condition that says so when it is asked. */
    static CompiledRule of(String flag, int position, Rule rule, CompiledServe serve, Strategies strategies) {
        List<Condition> conditions = rule.when().stream()
                .map(clause -> strategies.condition(flag, clause).orElse((subject, time) -> {
                    throw new IllegalStateException("no strategy '" + clause.strategy() + "' is installed here");
                }))
                .toList();
        return new CompiledRule(position, rule, conditions, serve);
    }

    /** @throws RuntimeException of a strategy that cannot decide */
    boolean holds(Subject subject, InstantSource time, Trail trail) {
        for (int i = 0; i < conditions.size(); i++) {
            if (!conditions.get(i).holds(subject, time)) {
                trail.rule(position, rule, OptionalInt.of(i));
                return false;
            }
        }
        trail.rule(position, rule, OptionalInt.empty());
        return true;
    }
}
