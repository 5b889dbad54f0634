package dev.turnout.flags.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Rollout.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {
    private static final Instant ENTERED = Instant.parse("2026-03-01T00:00:00Z");
    private static final Plan PLAN = new Plan(
            List.of(
                    new Step(new Weight(5_000), Duration.ofHours(24), false),
                    new Step(new Weight(25_000), Duration.ofHours(48), false),
                    new Step(Weight.ALL, Duration.ofDays(7), true)),
            20);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // state | paused | step | hours on it | approved | health of the two gates | decision | because
                "RUNNING  | false | -1 |   0 | -1 | GOOD GOOD       | Advance 0 | to 5%",
                "RUNNING  | false | -1 |   0 | -1 | GOOD UNKNOWN    | Stay      | gate 1",
                "RUNNING  | false | -1 |   0 | -1 | BAD GOOD        | Stay      | not opened: gate 0",
                "RUNNING  | false |  0 |  23 | -1 | GOOD GOOD       | Stay      | 5% soaks for another 1h",
                "RUNNING  | false |  0 |  24 | -1 | GOOD GOOD       | Advance 1 | to 25%",
                "RUNNING  | false |  0 |  24 | -1 | UNKNOWN GOOD    | Stay      | waiting for gate 0",
                "RUNNING  | false |  0 | 999 | -1 | UNKNOWN UNKNOWN | Stay      | gate 0 (seen), gate 1 (seen)",
                "RUNNING  | false |  0 |   0 | -1 | BAD UNKNOWN     | RollBack  | gate 0 (seen)",
                "RUNNING  | true  |  0 |  24 | -1 | GOOD GOOD       | Stay      | paused",
                "RUNNING  | true  |  0 |  24 | -1 | GOOD BAD        | RollBack  | gate 1",
                "RUNNING  | false |  1 |  48 | -1 | GOOD GOOD       | Stay      | 100% needs an operator's approval",
                "RUNNING  | false |  1 |  48 | -1 | GOOD BAD        | RollBack  | gate 1",
                "RUNNING  | false |  1 |  47 |  2 | GOOD GOOD       | Stay      | soak",
                "RUNNING  | false |  1 |  48 |  2 | GOOD GOOD       | Advance 2 | to 100%",
                "RUNNING  | false |  2 | 167 |  2 | GOOD GOOD       | Stay      | 100% soaks for another 1h",
                "RUNNING  | false |  2 | 168 |  2 | GOOD UNKNOWN    | Stay      | gate 1",
                "RUNNING  | false |  2 | 168 |  2 | GOOD GOOD       | Complete  | soaked",
                "COMPLETE | false |  2 | 999 |  2 | GOOD UNKNOWN    | Stay      | complete",
                "COMPLETE | false |  2 | 999 |  2 | GOOD BAD        | RollBack  | gate 1",
                "LATCHED  | false | -1 | 999 | -1 | GOOD GOOD       | Stay      | acknowledge",
                "LATCHED  | false | -1 | 999 | -1 | BAD BAD         | Stay      | acknowledge",
                "LATCHED  | false |  0 | 999 | -1 | GOOD GOOD       | Stay      | acknowledge",
                "LATCHED  | true  |  0 |   0 | -1 | GOOD BAD        | RollBack  | gate 1",
                "IDLE     | false | -1 | 999 | -1 | GOOD GOOD       | Stay      | not been opened",
                "IDLE     | false |  0 |   0 | -1 | BAD GOOD        | Stay      | not been opened",
                "ENDED    | false |  2 | 999 |  2 | BAD BAD         | Stay      | over",
            })
    void theNextMoveFollowsFromPlanPositionAndGates(
            State state,
            boolean paused,
            int step,
            int hours,
            int approved,
            String healths,
            String decision,
            String because) {
        List<Health> seen = Stream.of(healths.split(" ")).map(Health::valueOf).toList();
        List<Gate> gates = List.of(new Gate("gate 0", seen.get(0), "seen"), new Gate("gate 1", seen.get(1), "seen"));
        Decision next = new Rollout(PLAN, state, paused, step, ENTERED, approved)
                .decide(ENTERED.plus(Duration.ofHours(hours)), gates);
        String name = next.getClass().getSimpleName()
                + (next instanceof Decision.Advance advance ? " " + advance.step() : "");
        assertThat(name).isEqualTo(decision);
        assertThat(next.because()).contains(because);
    }

    @Test
    void theGatesShowSoakAndApprovalToo() {
        Rollout rollout = new Rollout(PLAN, State.RUNNING, false, 1, ENTERED, -1);
        assertThat(rollout.gates(ENTERED.plus(Duration.ofHours(12)), List.of()))
                .containsExactly(
                        new Gate("soak", Health.UNKNOWN, "25% soaks for another 1d 12h"),
                        new Gate("approval", Health.UNKNOWN, "100% needs an operator's approval"));
    }

    private static Plan planned(Plan.Terms terms) {
        return new Plan(PLAN.steps(), 20, terms);
    }

    @Test
    void aStepIsTakenWithinAChangeWindowOnly() {
        // 2026-03-01 is a Sunday.
        Plan plan = planned(new Plan.Terms(
                Weight.NONE, List.of(ChangeWindow.parse("Mon-Fri 09:00-16:00").orElseThrow()), false));
        Rollout rollout = new Rollout(plan, State.RUNNING, false, 0, ENTERED, -1);
        assertThat(rollout.decide(ENTERED.plus(Duration.ofHours(24 + 8)), List.of())
                        .because())
                .isEqualTo("waiting for change window (steps are taken Mon-Fri 09:00-16:00 UTC only)");
        assertThat(rollout.decide(ENTERED.plus(Duration.ofHours(24 + 9)), List.of()))
                .isInstanceOf(Decision.Advance.class);
        assertThat(rollout.decide(ENTERED.plus(Duration.ofHours(8)), List.of(new Gate("outcomes", Health.BAD, "seen"))))
                .as("the way back has no hours")
                .isInstanceOf(Decision.RollBack.class);
        Rollout last = new Rollout(plan, State.RUNNING, false, 2, ENTERED, 2);
        assertThat(last.decide(ENTERED.plus(Duration.ofDays(7)), List.of()))
                .as("to be complete moves nobody")
                .isInstanceOf(Decision.Complete.class);
    }

    @Test
    void whoIsHeldBackFollowsOnceThatGateIsOpen() {
        Plan plan = planned(new Plan.Terms(new Weight(5_000), List.of(), false));
        assertThat(List.of(plan.weight(-1), plan.weight(0), plan.weight(2)))
                .containsExactly(Weight.NONE, new Weight(5_000), new Weight(95_000));
        assertThat(new Rollout(plan, State.RUNNING, false, 1, ENTERED, 2)
                        .decide(ENTERED.plus(Duration.ofDays(2)), List.of())
                        .because())
                .isEqualTo("every gate is open: to 95%");
        Rollout complete = new Rollout(plan, State.COMPLETE, false, 2, ENTERED, 2);
        Instant late = ENTERED.plus(Duration.ofDays(8));
        Gate open = new Gate(Rollout.HOLDBACK, Health.GOOD, "approved");
        Gate closed = new Gate(Rollout.HOLDBACK, Health.UNKNOWN, "until approved");
        Gate unknown = new Gate("monitor: m", Health.UNKNOWN, "no row");
        Gate bad = new Gate("monitor: m", Health.BAD, "many");
        assertThat(complete.decide(late, List.of()).because()).isEqualTo("complete");
        assertThat(complete.decide(late, List.of(closed)).because()).contains("holdback (until approved)");
        assertThat(complete.decide(late, List.of(open))).isInstanceOf(Decision.Release.class);
        assertThat(complete.decide(late, List.of(open, unknown))).isInstanceOf(Decision.Stay.class);
        assertThat(complete.decide(late, List.of(open, bad))).isInstanceOf(Decision.RollBack.class);
        assertThat(new Rollout(plan, State.COMPLETE, true, 2, ENTERED, 2).decide(late, List.of(open)))
                .as("paused")
                .isInstanceOf(Decision.Stay.class);
    }

    @Test
    void aHoldbackThatLeavesTheLastStepNothingIsRefused() {
        assertThatThrownBy(() -> planned(new Plan.Terms(new Weight(75_000), List.of(), false)))
                .hasMessageContaining("leaves nothing to the last step");
        assertThatThrownBy(() -> new Plan.Terms(Weight.ALL, List.of(), false)).hasMessageContaining("leaves nobody");
    }

    @Test
    void aStepOutsideOfThePlanIsRefused() {
        assertThatThrownBy(() -> new Rollout(PLAN, State.RUNNING, false, 3, ENTERED, -1))
                .hasMessageContaining("steps 0 to 2");
    }
}
