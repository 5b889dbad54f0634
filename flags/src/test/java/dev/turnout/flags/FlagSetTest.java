package dev.turnout.flags;

import static dev.turnout.flags.ErrorCode.FLAG_NOT_FOUND;
import static dev.turnout.flags.ErrorCode.INVALID_CONTEXT;
import static dev.turnout.flags.ErrorCode.TARGETING_KEY_MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Flag.State;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlagSetTest {
    private static final InstantSource TIME = InstantSource.fixed(Instant.parse("2026-01-31T10:00:00Z"));
    private static final Flag NEW_SCHEMA = Flag.create("new-schema").withVersion(7);

    /** user-42 is in bucket 5453. */
    static Stream<Arguments> answers() {
        Subject user = Subject.of("user-42");
        Subject nobody = Subject.ANONYMOUS;
        Flag half = NEW_SCHEMA.withWeight(new Weight(50_000));
        Flag all = NEW_SCHEMA.withWeight(Weight.ALL);
        return Stream.of(
                Arguments.of(NEW_SCHEMA, user, "off", Reason.STATIC, null),
                Arguments.of(NEW_SCHEMA, nobody, "off", Reason.STATIC, null),
                Arguments.of(NEW_SCHEMA.withWeight(new Weight(5453)), user, "off", Reason.SPLIT, null),
                Arguments.of(NEW_SCHEMA.withWeight(new Weight(5454)), user, "on", Reason.SPLIT, null),
                Arguments.of(half, nobody, "off", Reason.ERROR, TARGETING_KEY_MISSING),
                Arguments.of(all, user, "on", Reason.STATIC, null),
                Arguments.of(all, nobody, "on", Reason.STATIC, null),
                Arguments.of(all.withState(State.OFF), user, "off", Reason.DISABLED, null),
                Arguments.of(all.withState(State.ARCHIVED), user, "off", Reason.DISABLED, null),
                Arguments.of(all.rolledBack("errors"), user, "off", Reason.DISABLED, null),
                Arguments.of(all.rolledBack("errors").acknowledged(), user, "on", Reason.STATIC, null));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void aFlagAnswersEverySubject(Flag flag, Subject subject, String variant, Reason reason, ErrorCode error) {
        Evaluation answer = FlagSet.of(9, List.of(flag)).evaluate("new-schema", subject, TIME);
        assertThat(answer.variant().orElseThrow().name()).isEqualTo(variant);
        assertThat(answer.on()).isEqualTo(variant.equals("on"));
        assertThat(answer.side()).isEqualTo(variant.equals("on") ? Side.NEW : Side.OLD);
        assertThat(answer.reason()).isEqualTo(reason);
        assertThat(answer.error()).isEqualTo(Optional.ofNullable(error));
        assertThat(answer.version()).isEqualTo(7);
        boolean hasBucket = !subject.key().isEmpty() && reason != Reason.DISABLED;
        assertThat(answer.bucket().isPresent()).isEqualTo(hasBucket);
    }

    @ParameterizedTest
    @CsvSource({
        // stage now, weight in %, stage inside, stage outside, variant inside, variant outside
        "OFF,        50, DUAL_WRITE, OFF,        off, off",
        "DUAL_WRITE, 50, SHADOW,     DUAL_WRITE, off, off",
        "SHADOW,     50, LIVE,       SHADOW,     on,  off",
        "LIVE,       50, RAMP_DOWN,  LIVE,       on,  on",
        "RAMP_DOWN,  50, COMPLETE,   RAMP_DOWN,  on,  on",
        "COMPLETE,   50, COMPLETE,   COMPLETE,   on,  on",
    })
    void theStageSaysWhichSideAnswers(Stage stage, int percent, Stage inside, Stage outside, String on, String off) {
        Flag flag = NEW_SCHEMA.withStage(stage).withWeight(new Weight(percent * 1000));
        FlagSet flags = FlagSet.of(1, List.of(flag));
        Evaluation in = flags.evaluate("new-schema", Subject.of("user-42"), TIME); // bucket 5453
        Evaluation out = flags.evaluate("new-schema", Subject.of("user-1"), TIME); // bucket 75102
        assertThat(in.stage()).contains(inside);
        assertThat(out.stage()).contains(outside);
        assertThat(in.variant().orElseThrow().name()).isEqualTo(on);
        assertThat(out.variant().orElseThrow().name()).isEqualTo(off);
    }

    @ParameterizedTest
    @CsvSource({
        "OFF, OFF, off",
        "DUAL_WRITE, DUAL_WRITE, off",
        "SHADOW, SHADOW, off",
        "LIVE, SHADOW, off",
        "RAMP_DOWN, SHADOW, off",
        "COMPLETE, COMPLETE, on",
    })
    void aRolledBackFlagGoesNoFurtherBackThanItsDataAllows(Stage stage, Stage held, String variant) {
        Flag flag = NEW_SCHEMA.withStage(stage).withWeight(Weight.ALL).rolledBack("errors");
        Evaluation answer = FlagSet.of(1, List.of(flag)).evaluate("new-schema", Subject.of("user-42"), TIME);
        assertThat(answer.stage()).contains(held);
        assertThat(answer.variant().orElseThrow().name()).isEqualTo(variant);
        assertThat(answer.reason()).isEqualTo(Reason.DISABLED);
    }

    @Test
    void aTenantMovesAsAWholeHoweverItsNumberIsWritten() {
        Flag flag = NEW_SCHEMA.withSplit(new Split(new Weight(50_000), "", Optional.of("companyId")));
        FlagSet flags = FlagSet.of(1, List.of(flag));
        List<Object> spellings = List.of("7", 7, 7L, 7.0, new java.math.BigDecimal("7.00"));
        assertThat(spellings)
                .map(seven ->
                        flags.evaluate("new-schema", new Subject("user-" + seven, Map.of("companyId", seven)), TIME))
                .map(Evaluation::bucket)
                .containsOnly(java.util.OptionalInt.of(Bucket.of("new-schema", "7")));
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("companyId", null);
        assertThat(flags.evaluate("new-schema", new Subject("u", nothing), TIME).error())
                .contains(TARGETING_KEY_MISSING);
        assertThat(flags.evaluate("new-schema", new Subject("u", Map.of("companyId", Arrays.asList(1, 2))), TIME)
                        .error())
                .contains(INVALID_CONTEXT);
    }

    @Test
    void anUnknownFlagIsSaidToBeUnknown() {
        Evaluation answer = FlagSet.EMPTY.evaluate("nowhere", Subject.of("user-1"), TIME);
        assertThat(answer.error()).contains(FLAG_NOT_FOUND);
        assertThat(answer.variant()).isEmpty();
        assertThat(answer.on()).isFalse();
    }

    @Test
    void aFlagSetHasEachKeyOnce() {
        assertThatThrownBy(() -> FlagSet.of(1, List.of(NEW_SCHEMA, NEW_SCHEMA))).hasMessageContaining("new-schema");
    }

    @Property(tries = 200)
    void raisingTheWeightOnlyAddsUnits(
            @ForAll @IntRange(max = 100_000) int one, @ForAll @IntRange(max = 100_000) int other) {
        FlagSet less = at(Math.min(one, other));
        FlagSet more = at(Math.max(one, other));
        assertThat(IntStream.range(0, 200).mapToObj(i -> Subject.of("unit-" + i)))
                .allMatch(unit -> !less.evaluate("new-schema", unit, TIME).on()
                        || more.evaluate("new-schema", unit, TIME).on());
    }

    @Test
    void theRealisedShareIsTheWeight() {
        FlagSet quarter = at(25_000);
        long on = IntStream.range(0, 100_000)
                .filter(i -> quarter.evaluate("new-schema", Subject.of("user-" + i), TIME)
                        .on())
                .count();
        assertThat(on).isBetween(24_500L, 25_500L);
    }

    @Test
    void flagsOfOneSeedShareTheirCohortAndOthersAreIndependent() {
        FlagSet flags = FlagSet.of(
                1,
                List.of(
                        seeded("a", "cohort"),
                        seeded("b", "cohort"),
                        seeded("FEATURE_A", ""),
                        seeded("FEATURE_B", "")));
        int both = 0;
        for (int i = 0; i < 20_000; i++) {
            Subject user = Subject.of("user-" + i);
            assertThat(flags.evaluate("a", user, TIME).on())
                    .isEqualTo(flags.evaluate("b", user, TIME).on());
            if (flags.evaluate("FEATURE_A", user, TIME).on()
                    && flags.evaluate("FEATURE_B", user, TIME).on()) {
                both++;
            }
        }
        assertThat(both).isBetween(140, 260); // 1 % when independent
    }

    private static Flag seeded(String key, String seed) {
        return Flag.create(key).withSplit(new Split(new Weight(10_000), seed, Optional.empty()));
    }

    private static FlagSet at(int weight) {
        return FlagSet.of(1, List.of(NEW_SCHEMA.withWeight(new Weight(weight))));
    }
}
