package dev.turnout.server;

/** The process cannot start, for a reason outside of it; the message names it and the setting to change. */
public final class StartFailed extends RuntimeException {
    StartFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
