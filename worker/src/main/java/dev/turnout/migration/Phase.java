package dev.turnout.migration;

/** Where a run stands: the engine's view. (The application's is {@code Stage}.) */
public enum Phase {
    CREATED,
    EXPANDING,
    SYNCING,
    ANALYZING,
    BACKFILLING,
    VERIFYING,
    READY,
    ROLLING_OUT,
    SOAKING,
    CONTRACTING,
    DONE,
    PAUSED,
    ROLLING_BACK,
    ROLLED_BACK,
    FAILED;

    /** Nothing will happen any more, whatever an operator wants. */
    public boolean over() {
        return this == DONE || this == ROLLED_BACK;
    }
}
