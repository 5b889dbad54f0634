package dev.turnout.flags.togglz;

import dev.turnout.flags.Bucket;
import dev.turnout.flags.Condition;
import dev.turnout.flags.Flag;
import dev.turnout.flags.Split;
import dev.turnout.flags.Weight;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.togglz.core.activation.Parameter;
import org.togglz.core.activation.ParameterBuilder;
import org.togglz.core.repository.FeatureState;

/**
 * Turnout's split as a Togglz strategy: a feature is active for the users whose bucket lies in the share. Found by
 * ServiceLoader. Thread-safe.
 */
public final class TurnoutSplit extends TurnoutStrategy {
    public static final String ID = "turnout-split";

    static final String PERCENTAGE = "percentage";
    static final String SEED = "seed";
    static final String BUCKET_BY = "bucketBy";

    /** Made by ServiceLoader. */
    public TurnoutSplit() {
        super(ID, "Turnout: split by bucket");
    }

    @Override
    public Parameter[] getParameters() {
        return new Parameter[] {
            ParameterBuilder.create(PERCENTAGE)
                    .label("Percentage")
                    .description("the share of users on the new side, such as 25%; as fine as 0.001%")
                    .matching("\\s*(100(\\.0{1,3})?|\\d{1,2}(\\.\\d{1,3})?)\\s*%\\s*"),
            ParameterBuilder.create(SEED)
                    .label("Seed")
                    .description("features of one seed share their users; empty: the name of the feature")
                    .optional(),
            ParameterBuilder.create(BUCKET_BY)
                    .label("Bucket by")
                    .description("the user attribute that decides, such as companyId; empty: the user's name")
                    .optional()
        };
    }

    @Override
    Condition condition(String flag, Map<String, String> parameters) {
        Weight share = Weight.parse(required(parameters, PERCENTAGE));
        Optional<String> bucketBy = bucketBy(parameters);
        String seed = Optional.ofNullable(parameters.get(SEED)).orElse(flag);
        if (share.equals(Weight.NONE) || share.equals(Weight.ALL)) {
            return (subject, time) -> share.equals(Weight.ALL);
        }
        return (subject, time) -> subject.bucketingKey(bucketBy)
                .filter(key -> Bucket.of(seed, key) < share.hundredThousandths())
                .isPresent();
    }

    @Override
    Set<String> attributes(Map<String, String> parameters) {
        return bucketBy(parameters).map(Set::of).orElse(Set.of());
    }

    private static Optional<String> bucketBy(Map<String, String> parameters) {
        return Optional.ofNullable(parameters.get(BUCKET_BY));
    }

    /** How a flag looks to Togglz. */
    static FeatureState describe(Flag flag, FeatureState state) {
        Split split = flag.split();
        state.setEnabled(flag.live() || flag.newSide().equals(Weight.ALL));
        state.setStrategyId(ID);
        state.setParameter(PERCENTAGE, flag.newSide().toString());
        state.setParameter(SEED, flag.seed());
        split.bucketBy().ifPresent(attribute -> state.setParameter(BUCKET_BY, attribute));
        return state;
    }

    /** @throws IllegalArgumentException when the state has no percentage */
    static Weight share(FeatureState state) {
        return Weight.parse(parameter(state, PERCENTAGE).orElse(""));
    }
}
