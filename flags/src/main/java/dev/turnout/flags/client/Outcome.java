package dev.turnout.flags.client;

/**
 * What one call came to.
 *
 * @param slow took longer than the application promises
 * @param mismatched the two sides said different things
 */
public record Outcome(boolean failed, boolean slow, boolean mismatched) {
    public static final Outcome FINE = new Outcome(false, false, false);
    public static final Outcome FAILED = new Outcome(true, false, false);
    public static final Outcome SLOW = new Outcome(false, true, false);
    public static final Outcome MISMATCHED = new Outcome(false, false, true);

    public Outcome and(Outcome other) {
        return new Outcome(failed || other.failed, slow || other.slow, mismatched || other.mismatched);
    }
}
