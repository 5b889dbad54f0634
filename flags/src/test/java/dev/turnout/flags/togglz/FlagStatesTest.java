package dev.turnout.flags.togglz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Clause;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Rule;
import dev.turnout.flags.Schedule;
import dev.turnout.flags.Serve;
import dev.turnout.flags.Split;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Weight;
import dev.turnout.flags.stage.Stage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.togglz.core.Feature;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.manager.FeatureManagerBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.user.FeatureUser;
import org.togglz.core.user.SimpleFeatureUser;

class FlagStatesTest {
    private enum Features implements Feature {
        USE_DYNAMIC_SERVICES
    }

    private static final String KEY = "use-dynamic-services";
    private static final Flag FLAG = Flag.create(KEY).withWeight(new Weight(25_000));

    static Stream<Flag> flags() {
        Split byCompany = new Split(new Weight(40_000), "cohort", Optional.of("company"));
        return Stream.of(
                FLAG,
                FLAG.withWeight(Weight.NONE),
                FLAG.withWeight(Weight.ALL),
                FLAG.withSplit(byCompany),
                FLAG.withTargeting(rules("company", "in", "7,8")),
                FLAG.withTargeting(rules("company", ">=", "20")).rolledBack("errors"),
                FLAG.withTargeting(new Targeting(
                        new Schedule(Optional.of(Instant.parse("2020-01-01T00:00:00Z")), Optional.empty()),
                        List.of(),
                        List.of())),
                FLAG.withState(Flag.State.OFF),
                FLAG.withState(Flag.State.ARCHIVED),
                FLAG.rolledBack("errors"),
                FLAG.withStage(Stage.OFF),
                FLAG.withStage(Stage.SHADOW),
                FLAG.withStage(Stage.LIVE),
                FLAG.withStage(Stage.LIVE).rolledBack("errors"),
                FLAG.withStage(Stage.COMPLETE).rolledBack("errors"));
    }

    private static Targeting rules(String attribute, String operator, String values) {
        Clause clause =
                new Clause("turnout-attribute", Map.of("attribute", attribute, "operator", operator, "values", values));
        Rule rule = new Rule("", List.of(clause), Serve.always("on"));
        return new Targeting(Schedule.ALWAYS, List.of(), List.of(rule));
    }

    @ParameterizedTest
    @MethodSource("flags")
    void togglzAndTheServerGiveTheSameAnswer(Flag flag) {
        FlagSet set = FlagSet.of(1, List.of(flag));
        AtomicReference<FeatureUser> user = new AtomicReference<>();
        FeatureManager togglz = new FeatureManagerBuilder()
                .featureEnum(Features.class)
                .stateRepository(FlagStates.readOnly(() -> set))
                .userProvider(user::get)
                .build(); // finds the strategy by ServiceLoader
        for (int i = 0; i < 500; i++) {
            user.set(new SimpleFeatureUser("user-" + i).setAttribute("company", i % 40));
            Subject subject = new Subject("user-" + i, Map.of("company", i % 40));
            assertThat(togglz.isActive(Features.USE_DYNAMIC_SERVICES))
                    .as("user-%s", i)
                    .isEqualTo(
                            set.evaluate(KEY, subject, InstantSource.system()).on());
        }
        user.set(null);
        assertThat(togglz.isActive(Features.USE_DYNAMIC_SERVICES))
                .isEqualTo(set.evaluate(KEY, Subject.ANONYMOUS, InstantSource.system())
                        .on());
    }

    @Test
    void flagsAreFeaturesWithoutAnEnum() {
        FlagSet set = FlagSet.of(
                1, List.of(FLAG.withWeight(Weight.ALL), Flag.create("gone").withState(Flag.State.ARCHIVED)));
        FeatureManager togglz = new FeatureManagerBuilder()
                .featureProvider(new FlagFeatures(() -> set))
                .stateRepository(FlagStates.readOnly(() -> set))
                .userProvider(() -> new SimpleFeatureUser("user-1"))
                .build();
        assertThat(togglz.getFeatures()).map(Feature::name).containsExactly(KEY);
        assertThat(togglz.getFeatures()).allMatch(togglz::isActive);
    }

    @Test
    void aFeatureWithoutAFlagIsOff() {
        FeatureManager togglz = new FeatureManagerBuilder()
                .featureEnum(Features.class)
                .stateRepository(FlagStates.readOnly(() -> FlagSet.EMPTY))
                .userProvider(() -> new SimpleFeatureUser("user-1"))
                .build();
        assertThat(togglz.isActive(Features.USE_DYNAMIC_SERVICES)).isFalse();
    }

    @Test
    void togglzMovesTheShareAndSwitchesTheFlag() {
        List<Flag> written = new ArrayList<>();
        FlagStates states = FlagStates.writing(() -> FlagSet.of(1, List.of(FLAG)), written::add);
        FeatureState state = shown(states);
        states.setFeatureState(state.copy().setParameter("percentage", "50%"));
        states.setFeatureState(state.copy().disable());
        states.setFeatureState(new FeatureState(Features.USE_DYNAMIC_SERVICES, true));
        assertThat(written)
                .containsExactly(
                        FLAG.withWeight(new Weight(50_000)),
                        FLAG.withState(Flag.State.OFF),
                        FLAG.withWeight(Weight.ALL));
    }

    @Test
    void whatTogglzMustNotDoIsRefusedWithAReason() {
        FlagStates reading = FlagStates.readOnly(() -> FlagSet.of(1, List.of(FLAG)));
        FeatureState state = shown(reading);
        assertThatThrownBy(() -> reading.setFeatureState(state)).isInstanceOf(UnsupportedOperationException.class);

        FlagStates writing = FlagStates.writing(() -> FlagSet.of(1, List.of(FLAG)), flag -> {});
        assertThatThrownBy(() -> writing.setFeatureState(state.copy().setParameter("seed", "other")))
                .hasMessageContaining("seed");
        assertThatThrownBy(() -> writing.setFeatureState(state.copy().setStrategyId("gradual")))
                .hasMessageContaining("turnout-split");

        FlagStates latched = FlagStates.writing(() -> FlagSet.of(1, List.of(FLAG.rolledBack("errors"))), flag -> {});
        assertThatThrownBy(() -> latched.setFeatureState(state)).hasMessageContaining("acknowledge");
    }

    private static FeatureState shown(FlagStates states) {
        return Objects.requireNonNull(states.getFeatureState(Features.USE_DYNAMIC_SERVICES));
    }
}
