package dev.turnout.server.control;

/** What is asked for does not fit the present state; the message says why and what to do instead. */
public final class Refused extends RuntimeException {
    public Refused(String because) {
        super(because);
    }
}
