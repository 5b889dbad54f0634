package dev.turnout.flags.togglz;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Weight;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.togglz.core.Feature;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.StateRepository;

/**
 * Lets Togglz read its features from a flag set: feature {@code USE_NEW_SCHEMA} is the flag of that key or else
 * {@code use-new-schema}. Thread-safe when what it is given is.
 */
public final class FlagStates implements StateRepository {
    private final Supplier<FlagSet> flags;
    private final Consumer<Flag> writer;
    private final String source;

    private FlagStates(Supplier<FlagSet> flags, Consumer<Flag> writer) {
        this.flags = flags;
        this.writer = writer;
        this.source = TurnoutFlag.register(flags);
    }

    /** Refuses every write with {@link UnsupportedOperationException}. */
    public static FlagStates readOnly(Supplier<FlagSet> flags) {
        return new FlagStates(flags, flag -> {
            throw new UnsupportedOperationException(
                    "the flag " + flag.key() + " is changed in Turnout, this repository only reads");
        });
    }

    /** @param writer stores the changed flag if its version is still the current one, else throws */
    public static FlagStates writing(Supplier<FlagSet> flags, Consumer<Flag> writer) {
        return new FlagStates(flags, writer);
    }

    /** Null, as Togglz has it, when there is no such flag. */
    @Override
    public @Nullable FeatureState getFeatureState(Feature feature) {
        return flag(feature)
                .map(flag -> described(flag, new FeatureState(feature)))
                .orElse(null);
    }

    private FeatureState described(Flag flag, FeatureState state) {
        return flag.live() && !flag.targeting().equals(Targeting.NONE)
                ? TurnoutFlag.describe(flag, source, state)
                : TurnoutSplit.describe(flag, state);
    }

    /**
     * Switches the flag and moves its share.
     *
     * @throws IllegalArgumentException when there is no such flag, or Togglz asks for what Turnout does otherwise
     * @throws IllegalStateException when the flag is rolled back and nobody has acknowledged it
     */
    @Override
    public void setFeatureState(FeatureState wanted) {
        Flag flag = flag(wanted.getFeature())
                .orElseThrow(() -> new IllegalArgumentException("there is no flag for the feature "
                        + wanted.getFeature().name()));
        if (flag.rolledBack().isPresent()) {
            throw new IllegalStateException("the flag " + flag.key()
                    + " is rolled back; acknowledge it in Turnout first: "
                    + flag.rolledBack().get());
        }
        Flag.State state = wanted.isEnabled() ? Flag.State.ON : Flag.State.OFF;
        writer.accept(withShare(flag, wanted).withState(state));
    }

    private static Flag withShare(Flag flag, FeatureState wanted) {
        String strategy = Optional.ofNullable(wanted.getStrategyId()).orElse("");
        if (strategy.isEmpty()) {
            return wanted.isEnabled() ? flag.withWeight(Weight.ALL) : flag;
        }
        if (strategy.equals(TurnoutFlag.ID)) {
            return flag;
        }
        if (!strategy.equalsIgnoreCase(TurnoutSplit.ID)) {
            throw new IllegalArgumentException(
                    "a flag of Turnout has the strategy " + TurnoutSplit.ID + ", not " + strategy);
        }
        FeatureState shown = TurnoutSplit.describe(flag, new FeatureState(wanted.getFeature()));
        for (String fixed : new String[] {TurnoutSplit.SEED, TurnoutSplit.BUCKET_BY}) {
            // Either would move nearly every unit to another bucket, behind the back of a rollout.
            Optional<String> asked = TurnoutSplit.parameter(wanted, fixed);
            if (asked.isPresent() && !asked.equals(TurnoutSplit.parameter(shown, fixed))) {
                throw new IllegalArgumentException("the " + fixed + " of " + flag.key() + " is changed in Turnout");
            }
        }
        Weight share = TurnoutSplit.share(wanted);
        return share.equals(flag.newSide()) ? flag : flag.withWeight(share);
    }

    private Optional<Flag> flag(Feature feature) {
        String name = feature.name();
        FlagSet now = flags.get();
        return now.flag(name).or(() -> now.flag(name.toLowerCase(Locale.ROOT).replace('_', '-')));
    }
}
