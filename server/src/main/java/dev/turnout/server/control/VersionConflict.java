package dev.turnout.server.control;

/** Somebody else changed the flag meanwhile, or it exists already: read it again and decide anew. */
public final class VersionConflict extends RuntimeException {
    private final long current;

    VersionConflict(String key, long expected, long current) {
        super(
                expected == 0
                        ? "the flag " + key + " exists already, at version " + current
                        : "the flag " + key + " is at version " + current + ", not at " + expected);
        this.current = current;
    }

    public long current() {
        return current;
    }
}
