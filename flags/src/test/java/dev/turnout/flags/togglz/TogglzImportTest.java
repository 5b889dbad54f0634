package dev.turnout.flags.togglz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Weight;
import dev.turnout.flags.togglz.TogglzImport.Imported;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.togglz.core.Feature;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.manager.FeatureManagerBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.mem.InMemoryStateRepository;
import org.togglz.core.user.FeatureUser;
import org.togglz.core.user.SimpleFeatureUser;

class TogglzImportTest {
    private enum Features implements Feature {
        F
    }

    @Test
    void aFeatureIsActiveForTheSameUsersAsBefore() {
        for (FeatureState state : List.of(
                new FeatureState(Features.F, true),
                new FeatureState(Features.F, false),
                new FeatureState(Features.F, true).setStrategyId("username").setParameter("users", "user-1, user-7"),
                new FeatureState(Features.F, false).setStrategyId("username").setParameter("users", "user-1"),
                new FeatureState(Features.F, true)
                        .setStrategyId("release-date")
                        .setParameter("date", "2020-01-01")
                        .setParameter("time", "10:00:00"),
                new FeatureState(Features.F, true)
                        .setStrategyId("turnout-split")
                        .setParameter("percentage", "30%"))) {
            AtomicReference<FeatureUser> user = new AtomicReference<>();
            InMemoryStateRepository states = new InMemoryStateRepository();
            states.setFeatureState(state);
            FeatureManager togglz = new FeatureManagerBuilder()
                    .featureEnum(Features.class)
                    .stateRepository(states)
                    .userProvider(user::get)
                    .build();
            Flag flag = TogglzImport.of(state).flag().orElseThrow();
            FlagSet flags = FlagSet.of(1, List.of(flag));
            for (int i = 0; i < 50; i++) {
                user.set(new SimpleFeatureUser("user-" + i));
                assertThat(flags.evaluate("F", Subject.of("user-" + i), InstantSource.system())
                                .on())
                        .as("%s for user-%s", state, i)
                        .isEqualTo(togglz.isActive(Features.F));
            }
        }
    }

    @Test
    void whatCannotBeTheSameIsSaid() {
        Imported gradual = TogglzImport.of(
                new FeatureState(Features.F, true).setStrategyId("gradual").setParameter("percentage", "30"));
        assertThat(gradual.flag().orElseThrow().weight()).isEqualTo(Weight.parse("30%"));
        assertThat(gradual.remark()).contains("not of the same users");
        Imported script = TogglzImport.of(new FeatureState(Features.F, true).setStrategyId("script"));
        assertThat(script.flag()).isEmpty();
        assertThat(script.remark()).contains("could run code");
        Imported unknown = TogglzImport.of(new FeatureState(Features.F, true).setStrategyId("of-their-own"));
        assertThat(unknown.flag()).isEmpty();
        assertThat(unknown.remark()).contains("not installed here");
        Imported broken = TogglzImport.of(
                new FeatureState(Features.F, true).setStrategyId("gradual").setParameter("percentage", "many"));
        assertThat(broken.flag()).isEmpty();
    }
}
