package dev.turnout.worker.testkit;

import dev.turnout.migration.Phase;
import java.util.List;

/** What a run goes through that nothing stops and nobody takes back, written down by hand. */
public final class WholeWay {
    private WholeWay() {}

    /** The phases that it enters. */
    public static final List<Phase> ENTERED = List.of(
            Phase.EXPANDING,
            Phase.SYNCING,
            Phase.ANALYZING,
            Phase.BACKFILLING,
            Phase.VERIFYING,
            Phase.READY,
            Phase.ROLLING_OUT,
            Phase.SOAKING,
            Phase.CONTRACTING,
            Phase.DONE);

    public static final List<Phase> UP_TO_THE_RAMP = ENTERED.subList(0, ENTERED.indexOf(Phase.ROLLING_OUT) + 1);

    /** The phases that it works in, the first of them included. */
    public static final List<Phase> WORKED_IN = List.of(
            Phase.CREATED,
            Phase.EXPANDING,
            Phase.SYNCING,
            Phase.ANALYZING,
            Phase.BACKFILLING,
            Phase.VERIFYING,
            Phase.READY,
            Phase.ROLLING_OUT,
            Phase.SOAKING,
            Phase.CONTRACTING);
}
