package dev.turnout.server.control;

import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.stage.Side;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What an application met on both sides since its last report.
 *
 * @param reporter names the process; a restarted one is a new one
 * @param seq rises with each report of the reporter; a repetition has the number of what it repeats
 * @param flagVersion of the flag that the application decided by
 */
public record OutcomeReport(String flagKey, String reporter, long seq, long flagVersion, Map<Side, Arm> arms) {
    public OutcomeReport {
        Map<Side, Arm> copy = new EnumMap<>(Side.class);
        copy.putAll(arms);
        arms = Map.copyOf(copy);
        if (reporter.isBlank() || reporter.length() > 200) {
            throw new IllegalArgumentException("a reporter has a name of 1 to 200 characters");
        }
    }

    /** One side of it. */
    public Arm arm(Side side) {
        return arms.getOrDefault(side, Arm.NOTHING);
    }

    /** @param units by bucket, for the guard */
    public record Arm(Totals totals, Outcomes units) {
        public static final Arm NOTHING = new Arm(Totals.NOTHING, Outcomes.NONE);
    }

    /** Of one look; a billion of them still fit into a column. */
    private static final long MOST = 1_000_000_000;

    /** Calls, for charts; each of the others is a part of {@code calls}. */
    public record Totals(long calls, long failures, long slow, long mismatches) {
        public static final Totals NOTHING = new Totals(0, 0, 0, 0);

        /** Of one side, over all of them. */
        public static Totals of(Side side, List<OutcomeReport> reports) {
            return reports.stream().map(report -> report.arm(side).totals()).reduce(NOTHING, Totals::and);
        }

        public Totals {
            if (calls < 0 || failures < 0 || slow < 0 || mismatches < 0) {
                throw new IllegalArgumentException("counts of calls are not negative");
            }
        }

        /** What goes beyond what a number can hold counts no further: a report may be forged. */
        private Totals and(Totals more) {
            return new Totals(
                    sum(calls, more.calls),
                    sum(failures, more.failures),
                    sum(slow, more.slow),
                    sum(mismatches, more.mismatches));
        }

        private static long sum(long a, long b) {
            return a > MOST - b ? MOST : a + b;
        }
    }
}
