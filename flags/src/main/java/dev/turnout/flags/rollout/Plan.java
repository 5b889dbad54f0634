package dev.turnout.flags.rollout;

import java.util.List;

/**
 * The steps of a rollout, rising strictly to 100 %.
 *
 * @param steps at least one
 * @param minUnits distinct units that the new side must have served on a step before the next one opens
 */
public record Plan(List<Step> steps, int minUnits) {
    public Plan {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a plan has at least one step");
        }
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i).to().compareTo(steps.get(i - 1).to()) <= 0) {
                throw new IllegalArgumentException(
                        "steps rise: " + steps.get(i - 1).to() + " is followed by "
                                + steps.get(i).to());
            }
        }
        if (minUnits < 0) {
            throw new IllegalArgumentException("minUnits must not be negative, is " + minUnits);
        }
    }
}
