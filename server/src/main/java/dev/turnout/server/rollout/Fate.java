package dev.turnout.server.rollout;

import io.micrometer.core.instrument.Metrics;
import java.util.Locale;

/** What becomes of what applications report; each is counted in {@code turnout_outcome_reports_total}. */
public enum Fate {
    ACCEPTED,
    /** Sent before, or out of order and already passed. */
    REPEATED,
    MALFORMED,
    OUT_OF_SCOPE,
    UNKNOWN_FLAG,
    /** Decided by an older version of the flag: its units may have changed sides since. */
    OLDER_VERSION,
    /** Decided by a version that there is not yet: nobody was given it. */
    UNKNOWN_VERSION,
    /** Units, not reports: on a side where their bucket is not. */
    WRONG_SIDE;

    public void count(int times) {
        if (times > 0) {
            Metrics.counter("turnout.outcome.reports", "fate", name().toLowerCase(Locale.ROOT))
                    .increment(times);
        }
    }
}
