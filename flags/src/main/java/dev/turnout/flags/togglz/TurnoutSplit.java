package dev.turnout.flags.togglz;

import dev.turnout.flags.Bucket;
import dev.turnout.flags.Flag;
import dev.turnout.flags.Split;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Weight;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.togglz.core.activation.Parameter;
import org.togglz.core.activation.ParameterBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.spi.ActivationStrategy;
import org.togglz.core.user.FeatureUser;

/**
 * Turnout's split as a Togglz strategy: a feature is active for the users whose bucket lies in the share. Found by
 * ServiceLoader. Thread-safe.
 */
public final class TurnoutSplit implements ActivationStrategy {
    public static final String ID = "turnout-split";

    static final String PERCENTAGE = "percentage";
    static final String SEED = "seed";
    static final String BUCKET_BY = "bucketBy";

    /** Made by ServiceLoader. */
    public TurnoutSplit() {}

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public String getName() {
        return "Turnout: split by bucket";
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

    /** False as well for what cannot be decided: no user, no such attribute, no percentage. */
    @Override
    public boolean isActive(FeatureState state, @Nullable FeatureUser user) {
        try {
            Weight share = share(state);
            if (share.equals(Weight.NONE) || share.equals(Weight.ALL)) {
                return share.equals(Weight.ALL);
            }
            Optional<String> bucketBy = parameter(state, BUCKET_BY);
            String seed = parameter(state, SEED).orElse(state.getFeature().name());
            return subject(user, bucketBy)
                    .bucketingKey(bucketBy)
                    .filter(key -> Bucket.of(seed, key) < share.hundredThousandths())
                    .isPresent();
        } catch (IllegalArgumentException undecidable) {
            return false;
        }
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

    static Optional<String> parameter(FeatureState state, String name) {
        return Optional.ofNullable(state.getParameter(name)).filter(value -> !value.isBlank());
    }

    private static Subject subject(@Nullable FeatureUser user, Optional<String> bucketBy) {
        if (user == null) {
            return Subject.ANONYMOUS;
        }
        Map<String, Object> attributes = bucketBy.flatMap(
                        name -> Optional.ofNullable(user.getAttribute(name)).map(value -> Map.of(name, value)))
                .orElse(Map.of());
        return new Subject(Optional.ofNullable(user.getName()).orElse(""), attributes);
    }
}
