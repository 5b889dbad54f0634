package dev.turnout.flags.togglz;

import dev.turnout.flags.Clause;
import dev.turnout.flags.Flag;
import dev.turnout.flags.Flag.State;
import dev.turnout.flags.Rule;
import dev.turnout.flags.Schedule;
import dev.turnout.flags.Serve;
import dev.turnout.flags.Strategies;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Weight;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.togglz.core.repository.FeatureState;

/** Makes flags of the features that a Togglz application has kept by itself. Pure. */
public final class TogglzImport {
    private static final String GRADUAL = "gradual";
    private static final String PERCENTAGE = "percentage";

    private TogglzImport() {}

    /**
     * What became of a feature.
     *
     * @param flag empty when there is no flag that says the same
     * @param remark what an operator must know of it; may be empty
     */
    public record Imported(String feature, Optional<Flag> flag, String remark) {}

    /** A feature that is active for the same users as before, or a remark that says why not. */
    public static Imported of(FeatureState state) {
        String name = state.getFeature().name();
        try {
            return imported(name, state);
        } catch (IllegalArgumentException e) {
            return new Imported(name, Optional.empty(), "not imported: " + e.getMessage());
        }
    }

    private static Imported imported(String name, FeatureState state) {
        Flag flag = Flag.create(name).withState(state.isEnabled() ? State.ON : State.OFF);
        String strategy = Optional.ofNullable(state.getStrategyId()).orElse("");
        if (strategy.isBlank()) {
            return new Imported(name, Optional.of(flag.withWeight(Weight.ALL)), "");
        }
        if (strategy.equals(GRADUAL)) {
            Weight share = Weight.ofPercent(new BigDecimal(
                    TurnoutStrategy.parameter(state, PERCENTAGE).orElse("0").strip()));
            return new Imported(
                    name,
                    Optional.of(flag.withWeight(share)),
                    "the same share, but not of the same users: the buckets of " + GRADUAL + " are not used here");
        }
        if (strategy.equals(TurnoutSplit.ID)) {
            return new Imported(name, Optional.of(flag.withWeight(TurnoutSplit.share(state))), "");
        }
        Map<String, String> parameters = new HashMap<>();
        state.getParameterNames().forEach(each -> TurnoutStrategy.parameter(state, each)
                .ifPresent(value -> parameters.put(each, value)));
        Clause clause = new Clause(strategy, parameters);
        boolean installed = Strategies.installed().condition(name, clause).isPresent();
        Rule rule = new Rule("", List.of(clause), Serve.always(flag.variants().newVariant()));
        Flag ruled = flag.withTargeting(new Targeting(Schedule.ALWAYS, List.of(), List.of(rule)));
        return installed
                ? new Imported(name, Optional.of(ruled), "")
                : new Imported(
                        name,
                        Optional.empty(),
                        "not imported: the strategy " + strategy
                                + " is not installed here; put its jar on the class path");
    }
}
