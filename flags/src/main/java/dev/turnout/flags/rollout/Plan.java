package dev.turnout.flags.rollout;

import dev.turnout.flags.Weight;
import java.util.List;

/**
 * The steps of a rollout, rising strictly to 100 %.
 *
 * @param steps at least one
 * @param minUnits distinct units that the new side must have served on a step before the next one opens
 */
public record Plan(List<Step> steps, int minUnits, Terms terms) {
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
        if (steps.size() > 1
                && terms.most().compareTo(steps.get(steps.size() - 2).to()) <= 0) {
            throw new IllegalArgumentException(
                    "a holdback of " + terms.holdback() + " leaves nothing to the last step");
        }
    }

    public Plan(List<Step> steps, int minUnits) {
        this(steps, minUnits, Terms.NONE);
    }

    /**
     * What goes for every step.
     *
     * @param holdback share of units that stay on the old side, as the concurrent control, until the contract is approved
     * @param windows in one of which a step is taken; none: at any time
     * @param fourEyes whoever began the rollout cannot approve its steps
     * @param onBad how far it goes back by itself
     */
    public record Terms(Weight holdback, List<ChangeWindow> windows, boolean fourEyes, OnBad onBad) {
        public static final Terms NONE = new Terms(Weight.NONE, List.of(), false);

        public Terms {
            windows = List.copyOf(windows);
            if (holdback.equals(Weight.ALL)) {
                throw new IllegalArgumentException("a holdback of 100% leaves nobody to the new side");
            }
        }

        /** One that goes back to 0. */
        public Terms(Weight holdback, List<ChangeWindow> windows, boolean fourEyes) {
            this(holdback, windows, fourEyes, OnBad.ZERO);
        }

        /** What the new side may get at most while units are held back. */
        public Weight most() {
            return new Weight(Weight.WHOLE - holdback.hundredThousandths());
        }
    }

    public int last() {
        return steps.size() - 1;
    }

    /** What the new side gets on a step: what the step says, without the units held back; −1: nothing. */
    public Weight weight(int step) {
        Weight to = step < 0 ? Weight.NONE : steps.get(step).to();
        return to.compareTo(terms.most()) > 0 ? terms.most() : to;
    }
}
