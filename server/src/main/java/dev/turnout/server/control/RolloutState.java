package dev.turnout.server.control;

/** Where a rollout stands. */
public enum RolloutState {
    /** The data is not ready. */
    IDLE,
    RUNNING,
    /** Rolled back by itself; waits for an operator's acknowledgement. */
    LATCHED,
    /** 100 % has soaked; still watched, until the run ends. */
    COMPLETE,
    /** The run is over or on its way back. */
    ENDED
}
