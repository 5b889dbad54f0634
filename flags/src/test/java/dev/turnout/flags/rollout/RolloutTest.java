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
                "IDLE     | false | -1 | 999 | -1 | GOOD GOOD       | Stay      | not been opened",
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

    @Test
    void aStepOutsideOfThePlanIsRefused() {
        assertThatThrownBy(() -> new Rollout(PLAN, State.RUNNING, false, 3, ENTERED, -1))
                .hasMessageContaining("steps 0 to 2");
    }
}
