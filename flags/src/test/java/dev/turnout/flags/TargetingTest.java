package dev.turnout.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import dev.turnout.flags.Serve.Portion;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TargetingTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final InstantSource TIME = InstantSource.fixed(NOON);
    private static final Subject KOREAN = new Subject("user-42", Map.of("country", "KR")); // bucket 5453 of new-schema
    private static final Subject OTHER = new Subject("user-42", Map.of("country", "US"));
    private static final Clause IN_KOREA = attribute("country", "in", "KR");

    @Test
    void theFirstRuleWhoseClausesAllHoldAnswers() {
        Flag flag = flag(
                new Rule("staff", List.of(IN_KOREA, attribute("role", "in", "staff")), Serve.always("on")),
                new Rule("korea", List.of(IN_KOREA), Serve.always("off")),
                new Rule("rest", List.of(), Serve.always("on")));
        assertThat(ask(flag, KOREAN))
                .returns("off", TargetingTest::variant)
                .returns(Reason.TARGETING_MATCH, Evaluation::reason);
        assertThat(ask(flag, OTHER)).returns("on", TargetingTest::variant);
        Subject staff = new Subject("", Map.of("country", "KR", "role", "staff"));
        assertThat(ask(flag, staff)).returns("on", TargetingTest::variant).returns(Optional.empty(), Evaluation::error);
    }

    @Test
    void withoutAMatchTheSplitAnswers() {
        Rule rule = new Rule("korea", List.of(IN_KOREA), Serve.always("on"));
        assertThat(ask(flag(rule), OTHER))
                .returns("off", TargetingTest::variant)
                .returns(Reason.DEFAULT, Evaluation::reason);
        assertThat(ask(flag(rule).withWeight(new Weight(5454)), OTHER))
                .returns("on", TargetingTest::variant)
                .returns(Reason.SPLIT, Evaluation::reason);
    }

    @Test
    void aRuleSharesVariantsByBucket() {
        Variants colours = new Variants(Map.of("red", "r", "green", "g", "blue", "b"), "red", "green");
        Serve shares = new Serve(List.of(
                new Portion("blue", new Weight(5453)),
                new Portion("green", new Weight(1)),
                new Portion("red", new Weight(94_546))));
        Flag flag =
                Flag.create("new-schema").withVariants(colours).withTargeting(rules(new Rule("", List.of(), shares)));
        assertThat(ask(flag, KOREAN))
                .returns("green", TargetingTest::variant)
                .returns(Reason.SPLIT, Evaluation::reason)
                .returns(Side.NEW, Evaluation::side);
        assertThat(ask(flag, Subject.ANONYMOUS).error()).contains(ErrorCode.TARGETING_KEY_MISSING);
        assertThat(ask(flag, Subject.ANONYMOUS)).returns("red", TargetingTest::variant);
    }

    @Test
    void aRuleOfAMigrationFlagPutsAUnitInsideItsStepOrOutside() {
        Rule rule = new Rule("korea", List.of(IN_KOREA), Serve.always("on"));
        Flag flag = flag(rule).withStage(Stage.SHADOW);
        assertThat(ask(flag, KOREAN).stage()).contains(Stage.LIVE);
        assertThat(ask(flag, OTHER).stage()).contains(Stage.SHADOW);
        Flag early = flag.withStage(Stage.OFF);
        assertThat(ask(early, KOREAN)).returns("off", TargetingTest::variant).returns(Side.OLD, Evaluation::side);
        assertThat(ask(flag.rolledBack("errors"), KOREAN).stage()).contains(Stage.SHADOW);
    }

    @Test
    void whatCannotBeDecidedGivesTheOldSideAndSaysSo() {
        Flag flag = flag(
                        new Rule("", List.of(new Clause("of-another-application", Map.of())), Serve.always("off")),
                        new Rule("", List.of(), Serve.always("on")))
                .withWeight(Weight.ALL);
        assertThat(ask(flag, KOREAN))
                .returns("off", TargetingTest::variant)
                .returns(Side.OLD, Evaluation::side)
                .returns(Optional.of(ErrorCode.GENERAL), Evaluation::error);
    }

    @Test
    void aScheduleOpensAndClosesTheFlag() {
        Flag flag = Flag.create("new-schema").withWeight(Weight.ALL);
        assertThat(ask(flag.withTargeting(open(NOON, NOON.plusMillis(1))), KOREAN)
                        .on())
                .isTrue();
        assertThat(ask(flag.withTargeting(open(NOON.plusMillis(1), NOON.plusSeconds(1))), KOREAN))
                .returns("off", TargetingTest::variant)
                .returns(Reason.DISABLED, Evaluation::reason);
        assertThat(ask(flag.withTargeting(open(NOON.minusSeconds(1), NOON)), KOREAN)
                        .on())
                .isFalse();
    }

    @Test
    void aPrerequisiteMustAnswerFirst() {
        Flag base = Flag.create("base").withTargeting(rules(new Rule("", List.of(IN_KOREA), Serve.always("on"))));
        Flag flag = Flag.create("new-schema").withWeight(Weight.ALL).withTargeting(needs("base", "on"));
        FlagSet flags = FlagSet.of(1, List.of(base, flag));
        assertThat(flags.evaluate("new-schema", KOREAN, TIME).on()).isTrue();
        assertThat(flags.evaluate("new-schema", OTHER, TIME).on()).isFalse();
        assertThat(flags.evaluate("new-schema", OTHER, TIME).error()).isEmpty();
        FlagSet without = FlagSet.of(1, List.of(base.rolledBack("errors"), flag));
        assertThat(without.evaluate("new-schema", KOREAN, TIME).on()).isFalse();
    }

    @Test
    void flagsThatWaitForEachOtherOrForNothingGiveTheOldSide() {
        Flag one = Flag.create("one").withWeight(Weight.ALL).withTargeting(needs("two", "on"));
        Flag two = Flag.create("two").withWeight(Weight.ALL).withTargeting(needs("three", "on"));
        Flag three = Flag.create("three").withWeight(Weight.ALL).withTargeting(needs("one", "on"));
        Flag lost = Flag.create("lost").withWeight(Weight.ALL).withTargeting(needs("nowhere", "on"));
        FlagSet flags = FlagSet.of(1, List.of(one, two, three, lost));
        assertThat(List.of("one", "two", "three", "lost"))
                .map(key -> flags.evaluate(key, KOREAN, TIME))
                .allMatch(answer -> !answer.on() && answer.error().equals(Optional.of(ErrorCode.GENERAL)));
    }

    @Test
    void anExplanationNamesWhatDecided() {
        Flag flag = flag(
                new Rule("staff", List.of(attribute("role", "in", "staff")), Serve.always("on")),
                new Rule(
                        "korea",
                        List.of(IN_KOREA),
                        new Serve(List.of(
                                new Portion("on", new Weight(25_000)), new Portion("off", new Weight(75_000))))));
        Explanation why = FlagSet.of(3, List.of(flag.withVersion(3)))
                .explain("new-schema", KOREAN, TIME)
                .orElseThrow();
        assertThat(why.steps())
                .containsExactly(
                        "rule 1 'staff' does not hold: turnout-attribute(attribute=role, operator=in, values=staff)",
                        "rule 2 'korea' holds: turnout-attribute(attribute=country, operator=in, values=KR)",
                        "bucket 5453 of 100000, shared as 25% 'on', then 75% 'off'",
                        "so the flag new-schema at version 3 answers 'on'");
        assertThat(why.evaluation()).isEqualTo(ask(flag.withVersion(3), KOREAN));
    }

    @Test
    void explainingNeverChangesTheAnswer() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            FlagSet flags = RandomFlags.set(random, 5);
            Subject subject = RandomFlags.subject(random);
            for (Flag flag : flags.flags()) {
                assertThat(flags.explain(flag.key(), subject, TIME)
                                .orElseThrow()
                                .evaluation())
                        .isEqualTo(flags.evaluate(flag.key(), subject, TIME));
            }
        }
    }

    @Test
    void theMomentChangesExactlyWhenTimeChangesAnAnswer() {
        Flag scheduled = Flag.create("scheduled").withTargeting(open(NOON, NOON.plusSeconds(60)));
        Flag timed = flag(new Rule(
                "", List.of(IN_KOREA, new Clause("turnout-time", Map.of("hours", "09:00-12:00"))), Serve.always("on")));
        FlagSet flags = FlagSet.of(1, List.of(scheduled, timed, Flag.create("plain")));
        assertThat(flags.moment(InstantSource.fixed(NOON.minusSeconds(1)))).contains("10");
        assertThat(flags.moment(TIME)).contains("01");
        assertThat(flags.moment(InstantSource.fixed(NOON.plusSeconds(59)))).contains("01");
        assertThat(flags.moment(InstantSource.fixed(NOON.plusSeconds(60)))).contains("00");
        Flag foreign = flag(new Rule("", List.of(new Clause("username", Map.of("users", "u"))), Serve.always("on")));
        assertThat(FlagSet.of(1, List.of(foreign)).moment(TIME)).isEmpty();
        assertThat(FlagSet.of(1, List.of(Flag.create("plain"))).moment(TIME)).contains("");
    }

    @Test
    void evaluationsOfOneFormDifferInTheirBucketAtMost() {
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            FlagSet flags = RandomFlags.set(random, 3);
            for (Flag flag : flags.flags()) {
                Map<Integer, String> told = new HashMap<>();
                for (int j = 0; j < 20; j++) {
                    Evaluation answer = flags.evaluate(flag.key(), RandomFlags.subject(random), TIME);
                    String form = List.of(
                                    answer.variant(), answer.side(), answer.reason(), answer.error(), answer.stage())
                            .toString();
                    assertThat(told.computeIfAbsent(answer.form(), first -> form))
                            .isEqualTo(form);
                    assertThat(answer.form()).isBetween(0, flags.forms(flag.key()) - 1);
                }
            }
        }
    }

    @Test
    void everyProblemOfTheTargetingIsToldAtOnce() {
        Targeting targeting = new Targeting(
                new Schedule(Optional.of(NOON), Optional.of(NOON)),
                List.of(new Prerequisite("new-schema", Set.of()), new Prerequisite("no key", Set.of("on"))),
                List.of(
                        new Rule("", List.of(attribute("age", ">", "many")), Serve.always("purple")),
                        new Rule(
                                "",
                                List.of(new Clause("script", Map.of())),
                                new Serve(List.of(
                                        new Portion("on", new Weight(1_000)), new Portion("on", new Weight(2_000)))))));
        assertThatThrownBy(() -> Flag.create("new-schema").withTargeting(targeting))
                .asInstanceOf(throwable(FlagProblems.class))
                .extracting(FlagProblems::problems, LIST)
                .map(Object::toString)
                .anyMatch(problem -> problem.contains("the schedule closes"))
                .anyMatch(problem -> problem.contains("its own prerequisite"))
                .anyMatch(problem -> problem.contains("names no variant"))
                .anyMatch(problem -> problem.contains("'no key' is no key"))
                .anyMatch(problem -> problem.equals("rule 1 turnout-attribute: 'many' is no number"))
                .anyMatch(problem -> problem.contains("rule 1 serves 'purple'"))
                .anyMatch(problem -> problem.contains("rule 2 script: is not used in Turnout"))
                .anyMatch(problem -> problem.contains("rule 2 serves 'on' twice"))
                .anyMatch(problem -> problem.contains("serves 3.0% of the units"))
                .hasSize(9);
    }

    @Test
    void aMigrationFlagHasNoScheduleAndServesItsSidesOnly() {
        Variants three = new Variants(Map.of("a", "1", "b", "2", "c", "3"), "a", "b");
        Flag flag = Flag.create("new-schema").withVariants(three).withStage(Stage.OFF);
        assertThatThrownBy(() -> flag.withTargeting(open(NOON, NOON.plusSeconds(9))))
                .hasMessageContaining("no schedule");
        assertThatThrownBy(() -> flag.withTargeting(rules(new Rule("", List.of(), Serve.always("c")))))
                .hasMessageContaining("the old or the new side");
    }

    private static Clause attribute(String name, String operator, String values) {
        return new Clause("turnout-attribute", Map.of("attribute", name, "operator", operator, "values", values));
    }

    private static Targeting rules(Rule... rules) {
        return new Targeting(Schedule.ALWAYS, List.of(), List.of(rules));
    }

    private static Targeting open(Instant from, Instant until) {
        return new Targeting(new Schedule(Optional.of(from), Optional.of(until)), List.of(), List.of());
    }

    private static Targeting needs(String flag, String variant) {
        return new Targeting(Schedule.ALWAYS, List.of(new Prerequisite(flag, Set.of(variant))), List.of());
    }

    private static Flag flag(Rule... rules) {
        return Flag.create("new-schema").withTargeting(rules(rules));
    }

    private static Evaluation ask(Flag flag, Subject subject) {
        return FlagSet.of(1, List.of(flag)).evaluate(flag.key(), subject, TIME);
    }

    private static String variant(Evaluation answer) {
        return answer.variant().orElseThrow().name();
    }
}
