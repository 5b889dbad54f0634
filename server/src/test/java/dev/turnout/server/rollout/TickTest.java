package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.Complete;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Decision.Stay;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Rollout.State;
import dev.turnout.migration.Phase;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.Incident.Source;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.control.Refused;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TickTest {
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
    void aHealthyRolloutGoesThroughItsWholePlan() {
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));

        story.pass(Duration.ofHours(23));
        assertThat(because(story.tickHealthy())).contains("soaks for another 1h");
        story.pass(Duration.ofHours(1));
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
        assertThat(story.flag().weight()).isEqualTo(new Weight(25_000));

        story.pass(Duration.ofDays(2));
        assertThat(because(story.tickHealthy())).contains("needs an operator's approval");
        await(story.steps.approve(Story.KEY, Story.OPERATOR));
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
        Instant full = story.fixture.clock.instant();
        assertThat(story.flag().weight()).isEqualTo(Weight.ALL);
        assertThat(story.rollout().fullSince()).contains(full);

        story.pass(Duration.ofDays(7));
        assertThat(story.tickHealthy()).containsInstanceOf(Complete.class);
        assertThat(story.rollout().rollout().state()).isEqualTo(State.COMPLETE);
        assertThat(story.rollout().fullSince()).contains(full);
        assertThat(story.incidents()).isEmpty();
        assertThat(await(story.fixture.audit.newestOf("flag:" + Story.KEY, Long.MAX_VALUE, 10)))
                .map(entry -> entry.action() + " by " + entry.change().actor())
                .containsExactly(
                        "rollout.complete by rollout",
                        "flag.change by rollout",
                        "rollout.approve by anna",
                        "flag.change by rollout",
                        "flag.change by rollout",
                        "flag.create by anna");
    }

    @Test
    void whatIsNotKnownHoldsAndIsShown() {
        assertThat(because(story.tick()))
                .contains("monitor: parity (not measured on this step yet)")
                .contains("verification (the rows have not been verified yet");
        story.toFirstStep();
        story.pass(Duration.ofHours(26));
        assertThat(because(story.tick())).contains("no report on this step yet", "0 of at least 20 units");
        story.send(story.report(0, 0));
        story.measured(Verdict.INCONCLUSIVE);
        String because = because(story.tick());
        assertThat(because).contains("INCONCLUSIVE").contains("verification (last verified 26h ago");
        assertThat(because).doesNotContain("outcomes", "units");
        story.pass(Duration.ofHours(1));
        story.measured(Verdict.ERROR);
        assertThat(because(story.tick())).contains("outcomes (no report for 3600s)", "ERROR");
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        assertThat(story.rollout().gates()).extracting(Gate::name).contains("outcomes", "soak", "verification");
        story.pass(Duration.ofHours(1));
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
    }

    @Test
    void badOutcomesTakeTheFlagBackAtOnceWithEvidence() {
        story.toSecondStep();
        Flag before = story.flag();
        story.send(story.report(0, 1));
        assertThat(story.tick()).containsInstanceOf(Stay.class);
        story.send(story.report(60, 1));
        assertThat(story.tick()).containsInstanceOf(RollBack.class);

        Flag after = story.flag();
        assertThat(after.weight()).isEqualTo(Weight.NONE);
        assertThat(after.rolledBack()).isPresent();
        assertThat(after.version()).isGreaterThan(before.version());
        assertThat(story.rollout().rollout().state()).isEqualTo(State.LATCHED);
        assertThat(story.rollout().rollout().step()).isEqualTo(-1);
        Incident incident = story.incidents().get(0);
        assertThat(incident.finding().source()).isEqualTo(Source.OUTCOMES);
        assertThat(incident.before()).isEqualTo(new Weight(25_000));
        assertThat(incident.after()).isEqualTo(Weight.NONE);
        assertThat(incident.evidence())
                .containsEntry("step", 1)
                .containsEntry("flagVersion", (int) before.version())
                .extractingByKey("outcomes", MAP)
                .containsEntry("new", Map.of("units", 100, "failures", 60, "slow", 0, "mismatches", 0))
                .containsEntry("old", Map.of("units", 300, "failures", 1, "slow", 0, "mismatches", 0))
                .extractingByKey("alarm", MAP)
                .containsEntry("rule", "e-detector")
                .containsEntry("threshold", Watch.LIMIT)
                .containsEntry("controlled", true);
        assertThat(incident.evidence().get("monitors")).asString().contains("SELECT count(*) AS total", "total = 7");
    }

    @Test
    void aRolledBackFlagStaysUntilAnOperatorAcknowledgesWithAReason() {
        story.toSecondStep();
        story.send(story.report(60, 0));
        story.tick();
        story.pass(Duration.ofDays(3));
        assertThat(because(story.tickHealthy())).contains("must acknowledge");
        assertThat(story.flag().weight()).isEqualTo(Weight.NONE);

        assertThatThrownBy(() -> await(story.operator.acknowledge(Story.KEY, new Change("anna", " "))))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("reason");
        Flag flag = await(story.operator.acknowledge(Story.KEY, new Change("anna", "fixed in 1.2.1")));
        assertThat(flag.rolledBack()).isEmpty();
        assertThat(story.incidents().get(0).acknowledged().orElseThrow().change())
                .isEqualTo(new Change("anna", "fixed in 1.2.1"));
        assertThatThrownBy(() -> await(story.operator.acknowledge(Story.KEY, Story.OPERATOR)))
                .hasMessageContaining("no open incident");

        story.pass(Duration.ofSeconds(1));
        assertThat(because(story.tick())).as("measured anew").contains("not measured on this step yet");
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        story.send(story.report(0, 0));
        assertThat(story.tick()).as("the guard began anew").containsInstanceOf(Stay.class);
    }

    @Test
    void aRepeatedReportCountsOnceAndAnOldOneNot() {
        story.toFirstStep();
        OutcomeReport atFive = story.report(20, 0);
        story.pass(Duration.ofDays(1));
        story.tickHealthy();
        assertThat(story.flag().weight()).isEqualTo(new Weight(25_000));
        assertThat(story.send(atFive)).as("older than what was taken").isFalse();
        OutcomeReport late = new OutcomeReport(Story.KEY, "app-2", 1, atFive.flagVersion(), atFive.arms());
        assertThat(story.send(late)).isTrue();
        assertThat(story.tick()).as("its units may have changed sides").containsInstanceOf(Stay.class);
        OutcomeReport now = story.report(0, 0);
        assertThat(Stream.of(now, now).map(story::send)).containsExactly(true, false);
        story.tick();
        assertThat(story.send(now)).isFalse();
        assertThat(story.calls()).isEqualTo(400 + 400 + 20 + 380 + 400);
    }

    @Test
    void aFailingMonitorTakesTheFlagBack() {
        story.toFirstStep();
        story.pass(Duration.ofMinutes(1));
        story.measured(Verdict.FAILURE);
        assertThat(story.tick()).containsInstanceOf(RollBack.class);
        assertThat(story.incidents().get(0).finding().source()).isEqualTo(Source.MONITOR);
        assertThat(story.incidents().get(0).finding().because()).contains("parity", "FAILURE it was");
    }

    @Test
    void aMonitorInDryRunOnlyShows() throws SQLException {
        try (Story dry = new Story(true)) {
            dry.toFirstStep();
            dry.pass(Duration.ofMinutes(1));
            dry.measured(Verdict.FAILURE);
            assertThat(dry.tick()).containsInstanceOf(Stay.class);
            assertThat(dry.rollout().gates()).anyMatch(gate -> gate.because().startsWith("dry run; FAILURE"));
        }
    }

    @Test
    void rowsThatDifferTakeTheFlagBackEvenWhilePaused() {
        story.toFirstStep();
        await(story.operator.pause(Story.KEY, Story.OPERATOR));
        assertThat(because(story.tickHealthy())).contains("paused");
        story.verified(3);
        assertThat(story.tick()).containsInstanceOf(RollBack.class);
        assertThat(story.incidents().get(0).finding().source()).isEqualTo(Source.VERIFICATION);
        assertThat(story.incidents().get(0).finding().because()).contains("3 rows differ");
    }

    @Test
    void moreRowsPutAsideThanMayBeHoldTheFlagUntilTheyAreMended() {
        story.toFirstStep();
        story.putAside(6, "6 rows of visits are put aside, at most 5 may be");
        story.pass(Duration.ofDays(2));
        assertThat(because(story.tickHealthy()))
                .contains("6 rows of visits are put aside, at most 5 may be", "mend them", "roll back");
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        assertThat(story.incidents()).isEmpty();
        story.putAside(5);
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
    }

    @Test
    void onceTheOldSideIsBeingTakenAwayAnIncidentIsRaisedButNothingMoves() {
        story.toFirstStep();
        story.enter(Phase.ROLLING_OUT, Phase.CONTRACTING);
        story.verified(3);
        story.tick();
        story.tick();
        assertThat(story.incidents()).hasSize(1);
        assertThat(story.incidents().get(0).finding().because()).startsWith("held, not rolled back");
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        assertThatThrownBy(() -> await(story.operator.rollBack(Story.KEY, Story.OPERATOR)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("cannot go back");
    }

    @Test
    void anOperatorTakesTheFlagBackAndHoldsTheRollout() {
        story.toFirstStep();
        await(story.operator.rollBack(Story.KEY, new Change("anna", "support calls")));
        assertThat(story.flag().rolledBack()).contains("rolled back by anna: support calls");
        assertThat(story.incidents().get(0).finding().source()).isEqualTo(Source.OPERATOR);
        assertThat(story.rollout().rollout().state()).isEqualTo(State.LATCHED);
        assertThatThrownBy(() -> await(story.operator.rollBack(Story.KEY, Story.OPERATOR)))
                .hasMessageContaining("already");

        await(story.operator.acknowledge(Story.KEY, Story.OPERATOR));
        story.pass(Duration.ofSeconds(1));
        await(story.operator.pause(Story.KEY, Story.OPERATOR));
        assertThat(because(story.tickHealthy())).contains("paused");
        await(story.operator.resume(Story.KEY, Story.OPERATOR));
        assertThat(story.tickHealthy()).containsInstanceOf(Advance.class);
    }

    @Test
    void aFlagWithoutARolloutIsTakenBackAndAcknowledgedAlike() {
        Flag lone = Flag.create("lone").withWeight(new Weight(30_000));
        await(story.fixture.flags.create(lone, Story.OPERATOR));
        assertThat(await(story.operator.rollBack("lone", Story.OPERATOR)).live())
                .isFalse();
        assertThat(await(story.operator.acknowledge("lone", Story.OPERATOR)).live())
                .isTrue();
    }

    @Test
    void aFlagThatSomebodyElseMovedHoldsTheRollout() {
        story.toFirstStep();
        Flag flag = story.flag();
        await(story.fixture.flags.replace(flag.withWeight(new Weight(30_000)), flag.version(), Story.OPERATOR));
        story.pass(Duration.ofDays(1));
        assertThat(because(story.tickHealthy())).contains("the flag is at 30%, this step is 5%");
    }

    @Test
    void twoServersNeverAdvanceTwice() {
        Tick other = new Tick(story.stores, story.pace);
        for (int round = 0; round < 5; round++) {
            story.verified(0);
            story.measured(Verdict.SUCCESS);
            story.send(story.report(0, 0));
            List<Future<Optional<Decision>>> both = Stream.of(story.tick, other, story.tick, other)
                    .map(tick -> tick.of(story.run()))
                    .toList();
            await(Future.join(both));
            assertThat(both.stream().map(Future::result).flatMap(Optional::stream))
                    .filteredOn(Advance.class::isInstance)
                    .hasSize(round == 0 ? 1 : 0);
        }
        assertThat(story.rollout().rollout().step()).isZero();
    }

    private static String because(Optional<Decision> decision) {
        assertThat(decision).containsInstanceOf(Stay.class);
        return decision.orElseThrow().because();
    }
}
