package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.stage.Side;
import dev.turnout.server.control.OutcomeReport;
import java.util.ArrayList;
import java.util.List;

/**
 * What reports bring to a guard: those that were decided by the flag as it is, with the units that are where they should be.
 * Pure.
 *
 * @param counted the reports that count
 * @param older how many were decided by an older shape of the flag
 * @param unknown how many by a version that there is not
 * @param astray units that were reported from a side where their bucket is not
 */
record Intake(Outcomes oldSide, Outcomes newSide, List<OutcomeReport> counted, int older, int unknown, int astray) {
    Intake {
        counted = List.copyOf(counted);
    }

    /** @param sinceVersion of the flag when it took its present shape */
    static Intake of(List<OutcomeReport> reports, long sinceVersion, Flag flag) {
        Outcomes oldSide = Outcomes.NONE;
        Outcomes newSide = Outcomes.NONE;
        List<OutcomeReport> counted = new ArrayList<>();
        int older = 0;
        int unknown = 0;
        for (OutcomeReport report : reports) {
            if (report.flagVersion() < sinceVersion) {
                older++;
            } else if (report.flagVersion() > flag.version()) {
                unknown++;
            } else {
                counted.add(report);
                oldSide = oldSide.and(report.arm(Side.OLD).units());
                newSide = newSide.and(report.arm(Side.NEW).units());
            }
        }
        // Where rules, a schedule or another flag decide as well, a bucket does not say where a unit is.
        if (!flag.targeting().equals(Targeting.NONE)) {
            return new Intake(oldSide, newSide, counted, older, unknown, 0);
        }
        Weight weight = flag.newSide();
        Outcomes oldHome = oldSide.beyond(weight);
        Outcomes newHome = newSide.within(weight);
        int astray = oldSide.exposed().count()
                - oldHome.exposed().count()
                + newSide.exposed().count()
                - newHome.exposed().count();
        return new Intake(oldHome, newHome, counted, older, unknown, astray);
    }

    void count() {
        Fate.OLDER_VERSION.count(older);
        Fate.UNKNOWN_VERSION.count(unknown);
        Fate.WRONG_SIDE.count(astray);
    }
}
