package dev.turnout.server.control;

/** What was to be changed is in another state by now: read it again and decide anew. */
public final class StateConflict extends RuntimeException {
    private final String current;

    StateConflict(String what, String current) {
        super("the " + what + " is at \"" + current + "\" now: read it again, then repeat the change");
        this.current = current;
    }

    /** Its tag. */
    public String current() {
        return current;
    }
}
