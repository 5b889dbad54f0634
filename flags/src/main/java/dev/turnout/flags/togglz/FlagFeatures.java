package dev.turnout.flags.togglz;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.togglz.core.Feature;
import org.togglz.core.metadata.FeatureGroup;
import org.togglz.core.metadata.FeatureMetaData;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.spi.FeatureProvider;
import org.togglz.core.util.NamedFeature;

/** The flags of a flag set as Togglz features, for applications without an enum of them. Thread-safe. */
public final class FlagFeatures implements FeatureProvider {
    private final Supplier<FlagSet> flags;

    public FlagFeatures(Supplier<FlagSet> flags) {
        this.flags = flags;
    }

    /** Without the archived ones. */
    @Override
    public Set<Feature> getFeatures() {
        return flags.get().flags().stream()
                .filter(flag -> flag.state() != Flag.State.ARCHIVED)
                .map(flag -> new NamedFeature(flag.key()))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public FeatureMetaData getMetaData(Feature feature) {
        String owner = flags.get()
                .flag(feature.name())
                .map(flag -> flag.about().owner())
                .orElse("");
        return new Described(feature, owner);
    }

    private record Described(Feature feature, String owner) implements FeatureMetaData {
        @Override
        public String getLabel() {
            return feature.name();
        }

        /** Off: until a flag set is there, everybody is on the old side. */
        @Override
        public FeatureState getDefaultFeatureState() {
            return new FeatureState(feature, false);
        }

        @Override
        public Set<FeatureGroup> getGroups() {
            return Set.of();
        }

        @Override
        public Map<String, String> getAttributes() {
            return owner.isEmpty() ? Map.of() : Map.of("owner", owner);
        }
    }
}
