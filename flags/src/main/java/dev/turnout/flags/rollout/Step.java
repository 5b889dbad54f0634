package dev.turnout.flags.rollout;

import dev.turnout.flags.Weight;
import java.time.Duration;

/**
 * One step of a plan.
 *
 * @param to the share of units on the new side
 * @param soak business time to stay here before the next step
 * @param approve an operator must approve <em>entering</em> this step
 */
public record Step(Weight to, Duration soak, boolean approve) {
    public Step {
        if (soak.isNegative()) {
            throw new IllegalArgumentException("soak must not be negative, is " + soak);
        }
    }
}
