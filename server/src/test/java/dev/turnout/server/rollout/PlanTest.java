package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.ChangeWindow;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.Complete;
import dev.turnout.flags.rollout.Decision.Release;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Decision.Stay;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout.State;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Phase;
import dev.turnout.server.control.AuditEntry;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Specs;
import dev.turnout.server.control.Unknown;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan says beside its steps, and what operators may do with it. */
class PlanTest {
    private static final Change BERT = new Change("bert", "looked at it");
    private static final Plan.Terms HELD_BACK = new Plan.Terms(new Weight(5_000), List.of(), false);
    private static final Plan.Terms FOUR_EYES = new Plan.Terms(Weight.NONE, List.of(), true);

    @Test
    void afterAMonthDownNoGateIsSkippedAndOneStepIsTakenAtATime() throws SQLException {
        try (Story story = new Story()) {
            story.toFirstStep();
            story.pass(Duration.ofDays(30));
            Decision first = story.tick().orElseThrow();
            assertThat(first).isInstanceOf(Stay.class);
            assertThat(first.because())
                    .as("the soak is long over; what was seen before is too old")
                    .doesNotContain("soak")
                    .contains("outcomes", "units", "monitor: parity", "verification");
            assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
            assertThat(story.rollout().rollout().step()).isEqualTo(1);
            for (int tick = 0; tick < 20; tick++) {
                story.pass(Duration.ofSeconds(5));
                assertThat(because(story.tickHealthy())).contains("25% soaks for another 1d 23h");
            }
            story.pass(Duration.ofDays(30));
            assertThat(because(story.tickHealthy()))
                    .isEqualTo("waiting for approval (100% needs an operator's approval)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "running",
                "paused",
                "waiting for approval",
                "frozen",
                "outside of its hours",
                "complete",
                "held back"
            })
    void whatIsBadTakesItBackInEveryState(String state) throws SQLException {
        Plan.Terms terms =
                switch (state) {
                    case "outside of its hours" ->
                        new Plan.Terms(
                                Weight.NONE,
                                List.of(ChangeWindow.parse("Mon 09:00-10:00").orElseThrow()),
                                false);
                    case "held back" -> HELD_BACK;
                    default -> Plan.Terms.NONE;
                };
        try (Story story = new Story(terms)) {
            story.toFirstStep();
            switch (state) {
                case "paused" -> await(story.operator.pause(Story.KEY, Story.OPERATOR));
                case "frozen" -> await(story.fixture.freezes.freeze(Optional.empty(), Story.OPERATOR));
                case "outside of its hours" -> story.pass(Duration.ofDays(1));
                case "waiting for approval" -> {
                    story.pass(Duration.ofDays(1));
                    story.tickHealthy();
                    story.pass(Duration.ofDays(2));
                }
                case "complete", "held back" -> complete(story);
                default -> {}
            }
            story.pass(Duration.ofMinutes(1));
            assertThat(story.tickHealthy()).as("healthy").containsInstanceOf(Stay.class);
            assertThat(story.rollout().rollout().state()).isNotEqualTo(State.LATCHED);
            story.pass(Duration.ofHours(1));
            story.verified(0);
            story.measured(Verdict.FAILURE);
            assertThat(story.tick()).as(state).containsInstanceOf(RollBack.class);
            assertThat(story.flag().weight()).isEqualTo(Weight.NONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERROR", "INCONCLUSIVE"})
    void whatSaysNothingHoldsForEverAndTakesNothingBack(Verdict verdict) throws SQLException {
        try (Story story = new Story()) {
            story.toFirstStep();
            for (int hour = 0; hour < 48; hour++) {
                story.pass(Duration.ofHours(1));
                story.verified(0);
                story.measured(verdict);
                story.send(story.report(0, 0));
                assertThat(because(story.tick())).contains("monitor: parity");
            }
            assertThat(because(story.tick())).startsWith("waiting for monitor: parity (" + verdict);
            assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
            assertThat(story.incidents()).isEmpty();
            assertThat(story.tickHealthy()).containsInstanceOf(Stay.class);
            story.pass(Duration.ofHours(1));
            assertThat(story.tickHealthy()).as("seen again").containsInstanceOf(Advance.class);
        }
    }

    @Test
    void aFreezeStopsStepsOfOneFlagOrOfAllAndNamesWhoAndWhy() throws SQLException {
        try (Story story = new Story()) {
            await(story.fixture.freezes.freeze(Optional.empty(), new Change("anna", "the sale")));
            await(story.fixture.freezes.freeze(Optional.of(Story.KEY), BERT));
            assertThat(because(story.tickHealthy()))
                    .contains(
                            "freeze (every flag is frozen by anna: the sale; this flag is frozen by bert: looked at it)");
            refused(story.fixture.freezes.freeze(Optional.empty(), BERT), "every flag is frozen already");
            refused(story.fixture.freezes.freeze(Optional.of(Story.KEY), new Change("anna", " ")), "needs a reason");
            assertThatThrownBy(() -> await(story.fixture.freezes.freeze(Optional.of("none"), BERT)))
                    .isInstanceOf(Unknown.class);
            refused(
                    new ByHand(story.stores, story.fixture.clock)
                            .change(Story.KEY, flag -> flag.withWeight(Weight.ALL), true, BERT),
                    "gets no more units: every flag is frozen by anna");
            await(story.fixture.freezes.thaw(Optional.empty(), BERT));
            assertThat(because(story.tickHealthy())).contains("freeze (this flag is frozen by bert");
            await(story.fixture.freezes.thaw(Optional.of(Story.KEY), BERT));
            refused(story.fixture.freezes.thaw(Optional.of(Story.KEY), BERT), "is not frozen");
            assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
        }
    }

    @Test
    void whoBeganItDoesNotApproveItWhereFourEyesAreWanted() throws SQLException {
        try (Story story = new Story(FOUR_EYES)) {
            story.toSecondStep();
            refused(story.steps.approve(Story.KEY, Story.OPERATOR), "needs four eyes: anna has begun it");
            refused(story.fixture.runs.approveContract(Story.MIGRATION, Story.OPERATOR), "needs four eyes: anna");
            refused(story.steps.skip(Story.KEY, Weight.ALL, true, Story.OPERATOR), "needs four eyes");
            await(story.steps.approve(Story.KEY, BERT));
            assertThat(story.rollout().around().approvedBy()).contains("bert");
            await(story.fixture.runs.approveContract(Story.MIGRATION, BERT));
            story.pass(Duration.ofDays(2));
            assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
            refused(story.steps.approve(Story.KEY, BERT), "is on its last step");
            assertThat(story.rollout().around().approvedBy())
                    .as("of the next step")
                    .isEmpty();
        }
    }

    @Test
    void aStepIsSkippedOnlyByForceWithAReasonAndNeverPastWhatIsBad() throws SQLException {
        try (Story story = new Story()) {
            story.toFirstStep();
            story.pass(Duration.ofMinutes(1));
            story.tickHealthy();
            Weight full = Weight.ALL;
            refused(
                    story.steps.skip(Story.KEY, full, false, BERT),
                    "skips no step, since there are steps between; closed are: soak (5% soaks for another 23h 59m)");
            refused(story.steps.skip(Story.KEY, full, true, new Change("bert", "")), "past its gates needs a reason");
            refused(story.steps.skip(Story.KEY, new Weight(50_000), true, BERT), "50% is no step ahead");
            refused(story.steps.skip(Story.KEY, new Weight(5_000), true, BERT), "5% is no step ahead");
            await(story.fixture.freezes.freeze(Optional.empty(), BERT));
            refused(story.steps.skip(Story.KEY, full, true, BERT), "thaw it first");
            await(story.fixture.freezes.thaw(Optional.empty(), BERT));

            await(story.steps.skip(Story.KEY, new Weight(25_000), true, BERT));
            assertThat(story.flag().weight()).isEqualTo(new Weight(25_000));
            RolloutRow skipped = story.rollout();
            assertThat(skipped.rollout().step()).isEqualTo(1);
            assertThat(skipped.rollout().enteredAt()).isEqualTo(story.fixture.clock.instant());
            assertThat(skipped.because()).isEqualTo("skipped to 25% by bert: looked at it");
            AuditEntry entry = await(story.fixture.audit.newestOf("flag:" + Story.KEY, Long.MAX_VALUE, 1))
                    .get(0);
            assertThat(entry.action()).isEqualTo("rollout.skip");
            assertThat(entry.toString()).contains("soak");
            story.pass(Duration.ofSeconds(1));
            assertThat(because(story.tickHealthy())).contains("soaks for another 1d 23h", "approval");

            await(story.steps.skip(Story.KEY, full, true, BERT));
            assertThat(story.rollout().fullSince()).contains(story.fixture.clock.instant());
            refused(story.steps.skip(Story.KEY, full, true, BERT), "100% is no step ahead");
            story.verified(1);
            story.tick();
            refused(story.steps.skip(Story.KEY, full, true, BERT), "it is LATCHED");
        }
    }

    @Test
    void nothingIsSkippedWhileSomethingIsBad() throws SQLException {
        try (Story story = new Story()) {
            story.verified(2);
            story.tick();
            refused(story.steps.skip(Story.KEY, Weight.ALL, true, BERT), "while something is bad: verification");
        }
    }

    @Test
    void someStayOnTheOldSideUntilTheContractIsApproved() throws SQLException {
        try (Story story = new Story(HELD_BACK)) {
            complete(story);
            assertThat(story.flag().weight()).isEqualTo(new Weight(95_000));
            assertThat(because(story.tickHealthy()))
                    .isEqualTo("waiting for holdback (5% stay on the old side until the contract is approved)");
            assertThat(fullSince(story)).as("some are on the old side").isEmpty();

            await(story.fixture.runs.approveContract(Story.MIGRATION, BERT));
            assertThat(story.tickHealthy()).containsInstanceOf(Release.class);
            assertThat(story.flag().weight()).isEqualTo(Weight.ALL);
            assertThat(fullSince(story)).as("since a moment ago").isEmpty();
            assertThat(await(story.fixture.monitors.watched(story.run())).get(0).interval())
                    .as("watched closely")
                    .isEqualTo(Duration.ofMinutes(1));
            story.pass(Duration.ofHours(1));
            assertThat(because(story.tickHealthy())).isEqualTo("complete");
            assertThat(fullSince(story))
                    .as("stable since the last step")
                    .isEqualTo(story.rollout().fullSince());
            assertThat(fullSince(story)).isPresent();
        }
    }

    private static Optional<Instant> fullSince(Story story) {
        return await(story.fixture.claims.claim("worker", List.of("clinic"), Duration.ofMinutes(1)))
                .get(0)
                .rollout()
                .fullSince();
    }

    @Test
    void aFlagWithoutAMigrationGoesThroughAPlanOfItsOwn() throws SQLException {
        try (Story story = new Story()) {
            Plan plan = new Plan(
                    List.of(
                            new Step(new Weight(10_000), Duration.ofHours(1), false),
                            new Step(Weight.ALL, Duration.ofHours(2), true)),
                    0);
            assertThatThrownBy(() -> await(story.steps.begin("lone", plan, BERT)))
                    .isInstanceOf(Unknown.class);
            await(story.fixture.flags.create(Flag.create("lone").withWeight(new Weight(7_000)), BERT));
            refused(story.steps.begin("lone", plan, BERT), "the flag lone is at 7%, which is no step of the plan");
            Flag flag = await(story.fixture.flags.find("lone")).orElseThrow();
            await(story.fixture.flags.replace(flag.withWeight(Weight.NONE), flag.version(), BERT));
            await(story.steps.begin("lone", plan, BERT));
            refused(story.steps.begin("lone", plan, BERT), "has a rollout that is not over");
            refused(story.steps.begin(Story.KEY, plan, BERT), "is at 0%", "has a rollout that is not over");
            refused(
                    story.fixture.runs.start(Specs.spec("m", "lone"), Specs.BUNDLE, BERT),
                    "the flag lone has a rollout of its own that is not over");

            assertThat(tick(story)).containsInstanceOf(Advance.class);
            assertThat(lone(story).gates()).extracting(Gate::name).containsExactly();
            assertThat(weight(story)).isEqualTo(new Weight(10_000));
            story.pass(Duration.ofHours(1));
            assertThat(because(tick(story))).isEqualTo("waiting for approval (100% needs an operator's approval)");
            await(story.steps.approve("lone", BERT));
            assertThat(tick(story)).containsInstanceOf(Advance.class);
            story.pass(Duration.ofHours(2));
            assertThat(tick(story)).containsInstanceOf(Complete.class);

            await(story.operator.rollBack("lone", BERT));
            assertThat(weight(story)).isEqualTo(Weight.NONE);
            assertThat(await(story.fixture.incidents.newestOf("lone", 1)).get(0).run())
                    .isEmpty();
            await(story.operator.acknowledge("lone", BERT));
            assertThat(tick(story)).as("it begins again").containsInstanceOf(Advance.class);

            await(story.steps.end("lone", BERT));
            assertThat(weight(story)).as("stays where it is").isEqualTo(new Weight(10_000));
            refused(story.steps.end(Story.KEY, BERT), "belongs to the migration dynamic-services");
            await(story.steps.begin("lone", plan, BERT));
            assertThat(lone(story).rollout().step())
                    .as("from the step that it is on")
                    .isZero();
            assertThat(because(tick(story))).contains("10% soaks for another 1h");
        }
    }

    @Test
    void outcomesTakeBackAFlagWithoutAMigrationToo() throws SQLException {
        try (Story story = new Story()) {
            story.enter(Phase.ROLLING_OUT, Phase.ROLLING_BACK);
            story.enter(Phase.ROLLING_BACK, Phase.ROLLED_BACK);
            Plan plan = new Plan(
                    List.of(
                            new Step(new Weight(25_000), Duration.ofHours(1), false),
                            new Step(Weight.ALL, Duration.ofHours(1), false)),
                    20);
            await(story.steps.begin(Story.KEY, plan, BERT));
            long number = await(story.fixture.rollouts.findOfFlag(Story.KEY))
                    .orElseThrow()
                    .run();
            assertThat(await(story.tick.of(number))).containsInstanceOf(Advance.class);
            story.send(story.report(0, 0));
            assertThat(because(await(story.tick.of(number)))).contains("soak");
            story.send(story.report(60, 1));
            assertThat(await(story.tick.of(number))).containsInstanceOf(RollBack.class);
            assertThat(story.flag().weight()).isEqualTo(Weight.NONE);
        }
    }

    @Test
    void everyGateStandsOnThePageForOperators() throws Exception {
        Set<String> gates = new TreeSet<>();
        Plan.Terms hours = new Plan.Terms(
                new Weight(5_000),
                List.of(ChangeWindow.parse("Mon-Sun 00:00-23:59").orElseThrow()),
                false);
        try (Story story = new Story(hours)) {
            await(story.fixture.freezes.freeze(Optional.empty(), BERT));
            story.putAside(6, "6 rows of visits are put aside, at most 5 may be");
            names(story, gates);
            story.putAside(0);
            await(story.fixture.freezes.thaw(Optional.empty(), BERT));
            story.toSecondStep();
            Flag flag = story.flag();
            await(story.fixture.flags.replace(flag.withWeight(Weight.NONE), flag.version(), BERT));
            names(story, gates);
            await(story.fixture.flags.replace(flag, story.flag().version(), BERT));
            await(story.steps.approve(Story.KEY, BERT));
            story.pass(Duration.ofDays(2));
            story.tickHealthy();
            story.pass(Duration.ofDays(7));
            story.tickHealthy();
            names(story, gates);
        }
        String page = Files.readString(Path.of("..", "docs", "monitors-and-rollouts.md"));
        Matcher documented = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE)
                .matcher(page.substring(page.indexOf("| gate |"), page.indexOf("After a rollback")));
        assertThat(documented.results().map(row -> row.group(1))).containsExactlyInAnyOrderElementsOf(gates);
    }

    private static void names(Story story, Set<String> gates) {
        story.tickHealthy();
        story.rollout().gates().forEach(gate -> gates.add(gate.name().replaceFirst("^monitor: .*", "monitor: NAME")));
    }

    private static void complete(Story story) {
        if (story.rollout().rollout().step() < 0) {
            story.toFirstStep();
        }
        story.pass(Duration.ofDays(1));
        story.tickHealthy();
        await(story.steps.approve(Story.KEY, BERT));
        story.pass(Duration.ofDays(2));
        story.tickHealthy();
        story.pass(Duration.ofDays(7));
        assertThat(story.tickHealthy()).containsInstanceOf(Complete.class);
    }

    private static Optional<Decision> tick(Story story) {
        return await(story.tick.of(lone(story).run()));
    }

    private static RolloutRow lone(Story story) {
        return await(story.fixture.rollouts.findOfFlag("lone")).orElseThrow();
    }

    private static Weight weight(Story story) {
        return await(story.fixture.flags.find("lone")).orElseThrow().weight();
    }

    private static void refused(Future<?> future, String... words) {
        assertThatThrownBy(() -> await(future))
                .isInstanceOf(Refused.class)
                .message()
                .containsAnyOf(words);
    }

    private static String because(Optional<Decision> decision) {
        assertThat(decision).containsInstanceOf(Stay.class);
        return decision.orElseThrow().because();
    }
}
