package dev.turnout.server.control;

/** The connection broke while a transaction was being committed: read again to see whether it took effect. */
public final class OutcomeUnknown extends RuntimeException {
    OutcomeUnknown(Throwable cause) {
        super("the connection to the control database broke during a commit; read again to see what is stored", cause);
    }
}
