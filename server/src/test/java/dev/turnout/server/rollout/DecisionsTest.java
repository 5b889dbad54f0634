package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.guard.Units;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Decision.Stay;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.rollout.Rollout.State;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import dev.turnout.migration.Phase;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.Decided;
import dev.turnout.server.control.GuardPoint;
import dev.turnout.server.control.GuardPoint.Width;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.Incident.Source;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.control.OutcomeReport.Arm;
import dev.turnout.server.control.OutcomeReport.Totals;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.StateConflict;
import dev.turnout.server.control.Window;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of decisions, how far a rollout goes back, and what reports may not do. */
class DecisionsTest {
    private static final Change ALERT = new Change("alertmanager:1", "5xx");

    private Story story;

    @BeforeEach
    void begin() throws SQLException {
        story = new Story();
    }

    @AfterEach
    void end() throws SQLException {
        story.close();
    }

    @Test
    void eachDecisionIsKeptOnceAndCanBeMadeAgain() {
        story.tick();
        story.pass(Duration.ofSeconds(5));
        story.tick();
        story.toFirstStep();
        story.pass(Duration.ofSeconds(5));
        story.send(story.report(0, 1));
        story.tick();
        story.pass(Duration.ofSeconds(5));
        story.send(story.report(20, 1));
        story.tick();

        List<Decided> decisions = decisions();
        assertThat(decisions).extracting(Decided::kind).containsExactly("ROLL_BACK", "STAY", "ADVANCE", "STAY");
        assertThat(decisions).allSatisfy(each -> assertThat(Recomputation.of(each.evidence()))
                .as(each.kind())
                .containsEntry("agrees", true));
        assertThat(decisions.get(0).evidence().toString())
                .contains("SELECT count(*) AS total", "suspicion of failures", "threshold");
        assertThat(Recomputation.of(story.incidents().get(0).evidence())).containsEntry("agrees", true);
        assertThat(await(story.stores.guards().decisions().of(Story.KEY, window(), Optional.of("ADVANCE"))))
                .hasSize(1);
    }

    @Test
    void whatDoesNotFollowFromTheEvidenceIsFound() {
        story.toFirstStep();
        story.send(story.report(20, 1));
        story.tick();
        Map<String, Object> evidence =
                new LinkedHashMap<>(story.incidents().get(0).evidence());
        evidence.put("decision", Map.of("kind", "STAY", "because", "all is well"));
        assertThat(Recomputation.of(evidence))
                .containsEntry("agrees", false)
                .extractingByKey("again")
                .asString()
                .contains("ROLL_BACK");
        assertThat(Recomputation.of(Map.of("actor", "anna"))).doesNotContainKey("agrees");
    }

    @Test
    void aPlanMayGoBackToTheLastGoodStepAndFromThereToZero() throws SQLException {
        mayStay();
        story.toSecondStep();
        story.send(story.report(60, 1));
        assertThat(story.tick()).containsInstanceOf(RollBack.class);
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        assertThat(story.flag().rolledBack()).isEmpty();
        assertThat(story.rollout().rollout().state()).isEqualTo(State.LATCHED);
        assertThat(story.rollout().rollout().step()).isZero();

        story.pass(Duration.ofDays(2));
        assertThat(because(story.tickHealthy())).as("latched").contains("must acknowledge");
        ByHand byHand = new ByHand(story.stores, story.fixture.clock);
        assertThatThrownBy(() -> await(
                        byHand.change(Story.KEY, now -> now.withWeight(new Weight(30_000)), true, Story.OPERATOR)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("acknowledge its incident");

        story.send(story.report(20, 0));
        assertThat(story.tick()).as("watched while latched").containsInstanceOf(RollBack.class);
        assertThat(story.flag().weight()).isEqualTo(Weight.NONE);
        assertThat(story.flag().rolledBack()).isPresent();
        assertThat(story.incidents()).hasSize(2);
    }

    @Test
    void onceAcknowledgedARolloutGoesOnFromTheStepItWentBackTo() throws SQLException {
        mayStay();
        story.toSecondStep();
        story.send(story.report(60, 1));
        story.tick();
        Flag flag = await(story.operator.acknowledge(Story.KEY, Story.OPERATOR));
        assertThat(flag.weight()).isEqualTo(new Weight(5_000));
        assertThat(because(story.tickHealthy())).contains("5% soaks for another 1d");
        story.pass(Duration.ofDays(1));
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
        assertThat(story.flag().weight()).isEqualTo(new Weight(25_000));
    }

    @Test
    void whereRowsDifferOrAPersonAsksItIsToZeroWhateverThePlanSays() throws SQLException {
        mayStay();
        story.toSecondStep();
        Rollout rollout = story.rollout().rollout();
        assertThat(Retreat.target(rollout, Weight.ALL, Source.OPERATOR)).isEqualTo(-1);
        assertThat(Retreat.target(rollout, Weight.ALL, Source.ALERT)).isZero();
        assertThat(Retreat.target(rollout, new Weight(3_000), Source.ALERT))
                .as("somebody has put it below that step already")
                .isEqualTo(-1);
        story.verified(3);
        story.tick();
        assertThat(story.flag().weight()).isEqualTo(Weight.NONE);
    }

    @Test
    void whatCannotGoBackIsPagedOnceNamingTheStep() throws SQLException {
        story.toFirstStep();
        story.enter(Phase.ROLLING_OUT, Phase.CONTRACTING);
        story.fixture.database.execute("UPDATE run SET progress = '{\"done\": 2, \"total\": 5, \"unit\": \"steps\"}'");
        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> await(story.operator.rollBack(Story.KEY, Source.ALERT, Map.of(), ALERT)))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("cannot go back")
                    .hasMessageContaining("2 of 5 steps");
        }
        Incident paged = story.incidents().get(0);
        assertThat(story.incidents()).hasSize(1);
        assertThat(paged.finding().because())
                .startsWith("held, not rolled back")
                .contains("CONTRACTING of dynamic-services, 2 of 5 steps", "5xx");
        assertThat(paged.before()).isEqualTo(paged.after());
        assertThat(decisions().get(0).kind()).isEqualTo(Decided.REFUSED);
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
    }

    @Test
    void whileAnIncidentIsOpenTheContractIsNotApproved() {
        story.toFirstStep();
        await(story.operator.rollBack(Story.KEY, Story.OPERATOR));
        assertThatThrownBy(() -> await(story.fixture.runs.approveContract(Story.MIGRATION, Story.OPERATOR)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("incident 1 of its flag is open");
        await(story.operator.acknowledge(Story.KEY, Story.OPERATOR));
        assertThat(await(story.fixture.runs.approveContract(Story.MIGRATION, Story.OPERATOR)))
                .isNotNull();
    }

    @Test
    void aFlagAtTheStageCompleteCannotGoBack() {
        Flag done = Flag.create("done").withStage(Stage.COMPLETE);
        await(story.fixture.flags.create(done, Story.OPERATOR));
        assertThatThrownBy(() -> await(story.operator.rollBack("done", Source.ALERT, Map.of(), ALERT)))
                .hasMessageContaining("stage COMPLETE");
        assertThat(await(story.fixture.incidents.newestOf("done", 10))).hasSize(1);
    }

    @Test
    void theIncidentsThatAreAcknowledgedAreThoseThatWereSeen() {
        story.toFirstStep();
        await(story.operator.rollBack(Story.KEY, Story.OPERATOR));
        String seen = IncidentStore.tag(await(story.fixture.incidents.unacknowledged(Story.KEY)));
        assertThatThrownBy(
                        () -> await(story.operator.acknowledge(Story.KEY, Story.OPERATOR.basedOn(Optional.of("none")))))
                .isInstanceOf(StateConflict.class);
        assertThat(await(story.operator.acknowledge(Story.KEY, Story.OPERATOR.basedOn(Optional.of(seen))))
                        .rolledBack())
                .isEmpty();
    }

    @Test
    void reportsOfOtherVersionsAndUnitsOfTheWrongSideCountNothingButThemselves() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Metrics.addRegistry(registry);
        try {
            story.toFirstStep();
            Flag flag = story.flag();
            OutcomeReport bad = story.report(20, 0);
            story.send(new OutcomeReport(Story.KEY, "forger", 1, flag.version() + 1, bad.arms()));
            story.send(new OutcomeReport(Story.KEY, "sleeper", 1, flag.version() - 1, bad.arms()));
            story.send(new OutcomeReport(
                    Story.KEY,
                    "confused",
                    1,
                    flag.version(),
                    Map.of(Side.NEW, failing(90_000, 90_050), Side.OLD, failing(10, 12))));
            assertThat(story.tick()).containsInstanceOf(Stay.class);
            Watch watch = await(story.fixture.guards.find(Story.KEY)).orElseThrow();
            assertThat(watch.fresh().exposed()).isEqualTo(Units.NONE);
            assertThat(watch.old().exposed()).isEqualTo(Units.NONE);
            assertThat(counted(registry, "unknown_version")).isEqualTo(1);
            assertThat(counted(registry, "older_version")).isEqualTo(1);
            assertThat(counted(registry, "wrong_side")).isEqualTo(52);
        } finally {
            Metrics.removeRegistry(registry);
        }
    }

    private static double counted(SimpleMeterRegistry registry, String fate) {
        return registry.get("turnout.outcome.reports")
                .tag("fate", fate)
                .counter()
                .count();
    }

    private static Arm failing(int from, int to) {
        Units units = Units.of(IntStream.range(from, to).boxed().toList());
        return new Arm(new Totals(to - from, to - from, 0, 0), new Outcomes(units, units, Units.NONE, Units.NONE));
    }

    @Test
    void whatTheGuardSawIsThereForChartsNarrowForAShortWhileAndWideForLong() {
        story.toFirstStep();
        Instant begun = story.fixture.clock.instant();
        for (int look = 0; look < 3; look++) {
            story.send(story.report(look, 1));
            story.tick();
            story.pass(Duration.ofSeconds(5));
        }
        assertThat(points(Width.TEN_SECONDS).stream()
                        .mapToLong(point -> point.newSide().calls())
                        .sum())
                .isEqualTo(3 * 20);
        List<GuardPoint> hours = points(Width.HOUR);
        GuardPoint last = hours.get(hours.size() - 1);
        assertThat(last.weight()).isEqualTo(new Weight(5_000));
        assertThat(hours.stream().mapToLong(point -> point.newSide().failures()).sum())
                .isEqualTo(3);
        assertThat(last.evidence().get(Metric.FAILURES)).isPositive();

        story.pass(Duration.ofDays(10));
        story.send(story.report(0, 0));
        story.tick();
        assertThat(points(Width.TEN_SECONDS)).as("of now").hasSize(1);
        assertThat(points(Width.HOUR)).anyMatch(point -> !point.at().isAfter(begun));
        assertThat(Width.reaching(Duration.ofHours(1))).isEqualTo(Width.TEN_SECONDS);
        assertThat(Width.reaching(Duration.ofDays(2))).isEqualTo(Width.MINUTE);
        assertThat(Width.reaching(Duration.ofDays(900))).isEqualTo(Width.HOUR);
    }

    private List<GuardPoint> points(Width width) {
        return await(story.stores.guards().history().points(Story.KEY, width, Instant.EPOCH));
    }

    /** Each look is taken by another server, from a pool of its own; the second one has just been started. */
    @Test
    void whatIsSuspectedMovesWithTheRolloutToAnotherServer() {
        story.toFirstStep();
        ControlDatabase elsewhere = await(ControlDatabase.open(story.fixture.vertx, story.fixture.settings));
        try {
            Tick other = new Tick(TickingProcess.stores(elsewhere, story.fixture.clock), story.pace);
            story.send(story.report(3, 1));
            story.tick();
            double alone = evidence();
            story.pass(Duration.ofSeconds(5));
            story.send(story.report(4, 1));
            assertThat(await(other.of(story.run()))).containsInstanceOf(Stay.class);
            assertThat(evidence()).isGreaterThan(alone);
            story.pass(Duration.ofSeconds(5));
            story.send(story.report(19, 1));
            assertThat(await(other.of(story.run()))).containsInstanceOf(RollBack.class);
            assertThat(story.incidents().get(0).evidence().toString()).contains("19 of 20 units");
            assertThat(because(story.tick())).contains("must acknowledge");
        } finally {
            await(elsewhere.close());
        }
    }

    private double evidence() {
        return await(story.fixture.guards.find(Story.KEY)).orElseThrow().evidence(Metric.FAILURES);
    }

    private List<Decided> decisions() {
        return await(story.stores.guards().decisions().of(Story.KEY, window(), Optional.empty()));
    }

    private static Window<Long> window() {
        return new Window<>(Long.MAX_VALUE, 100, Set.of());
    }

    /** The plan goes back to the last good step. */
    private void mayStay() throws SQLException {
        story.fixture.database.execute(
                "UPDATE rollout SET plan = jsonb_set(plan, '{terms,onBad}', '\"LAST_GOOD_STEP\"')");
    }

    private static String because(Optional<Decision> decision) {
        assertThat(decision).containsInstanceOf(Stay.class);
        return decision.orElseThrow().because();
    }

    @Test
    void aMonitorsQueryAndResultAreInTheEvidence() {
        story.toFirstStep();
        story.pass(Duration.ofMinutes(1));
        story.measured(Verdict.FAILURE);
        story.tick();
        assertThat(decisions().get(0).evidence().get("monitors"))
                .asString()
                .contains("SELECT count(*) AS total FROM reservations", "total = 7", "FAILURE it was");
        assertThat(Recomputation.of(decisions().get(0).evidence())).containsEntry("agrees", true);
    }
}
