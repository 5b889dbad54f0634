package dev.turnout.worker.bookkeeping;

/** Somebody else drives the run under a higher epoch: let go of it, and change nothing more. */
public final class StaleEpoch extends RuntimeException {
    public StaleEpoch(long run, long epoch) {
        super("run " + run + " has moved past epoch " + epoch);
    }
}
