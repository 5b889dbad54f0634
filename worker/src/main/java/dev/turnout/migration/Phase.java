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

    /**
     * Where a run goes once the work of this phase is done.
     *
     * @throws IllegalStateException for a phase without work of its own
     */
    public Phase next() {
        return switch (this) {
            case CREATED -> EXPANDING;
            case EXPANDING -> SYNCING;
            case SYNCING -> ANALYZING;
            case ANALYZING -> BACKFILLING;
            case BACKFILLING -> VERIFYING;
            case VERIFYING -> READY;
            case READY -> ROLLING_OUT;
            case ROLLING_OUT -> SOAKING;
            case SOAKING -> CONTRACTING;
            case CONTRACTING -> DONE;
            case ROLLING_BACK -> ROLLED_BACK;
            case DONE, PAUSED, ROLLED_BACK, FAILED ->
                throw new IllegalStateException("no work of its own leads on from " + this);
        };
    }

    /** Nothing will happen any more, whatever an operator wants. */
    public boolean over() {
        return this == DONE || this == ROLLED_BACK;
    }
}
