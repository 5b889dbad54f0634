package dev.turnout.server.control;

/** Somebody else changed it meanwhile, or it exists already: read it again and decide anew. */
public final class VersionConflict extends RuntimeException {
    private final long current;

    /** @param what for example {@code flag search} */
    VersionConflict(String what, long expected, long current) {
        super(
                expected == 0
                        ? "the " + what + " exists already, at version " + current
                        : "the " + what + " is at version " + current + ", not at " + expected);
        this.current = current;
    }

    public long current() {
        return current;
    }
}
