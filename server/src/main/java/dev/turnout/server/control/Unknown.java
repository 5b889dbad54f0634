package dev.turnout.server.control;

/** There is no such thing in the control state; the message names it. */
public final class Unknown extends RuntimeException {
    public Unknown(String kind, String name) {
        super("there is no " + kind + " " + name);
    }
}
