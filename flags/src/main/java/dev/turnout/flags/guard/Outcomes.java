package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;

/**
 * What the units of one side met between two looks.
 *
 * @param exposed units that called at all; the other sets lie within it
 */
public record Outcomes(Units exposed, Units failed, Units slow, Units mismatched) {
    public static final Outcomes NONE = new Outcomes(Units.NONE, Units.NONE, Units.NONE, Units.NONE);

    /** A unit that failed, was slow or differed has called, whether or not the report says so again. */
    public Outcomes {
        exposed = exposed.and(failed).and(slow).and(mismatched);
    }

    public Outcomes and(Outcomes more) {
        return new Outcomes(
                exposed.and(more.exposed),
                failed.and(more.failed),
                slow.and(more.slow),
                mismatched.and(more.mismatched));
    }

    /** Those of units whose buckets are on the new side at this weight. */
    public Outcomes within(Weight weight) {
        return new Outcomes(
                exposed.within(weight), failed.within(weight), slow.within(weight), mismatched.within(weight));
    }

    /** Those of the other units. */
    public Outcomes beyond(Weight weight) {
        return new Outcomes(
                exposed.without(exposed.within(weight)),
                failed.without(failed.within(weight)),
                slow.without(slow.within(weight)),
                mismatched.without(mismatched.within(weight)));
    }

    Units of(Metric metric) {
        return switch (metric) {
            case FAILURES -> failed;
            case SLOW -> slow;
            case MISMATCHES -> mismatched;
        };
    }
}
