package dev.turnout.worker.embedded;

/** The private PostgreSQL cannot be had; the message says why and what to do about it. */
public final class EmbeddedPostgresFailed extends RuntimeException {
    EmbeddedPostgresFailed(String message) {
        super(message);
    }

    EmbeddedPostgresFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
