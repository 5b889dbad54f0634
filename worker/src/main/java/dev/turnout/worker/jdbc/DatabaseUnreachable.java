package dev.turnout.worker.jdbc;

/** A database cannot be reached or refuses us; the message names host, port and setting, and never a secret. */
public final class DatabaseUnreachable extends RuntimeException {
    DatabaseUnreachable(String message, Throwable cause) {
        super(message, cause);
    }
}
