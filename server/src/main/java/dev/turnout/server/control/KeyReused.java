package dev.turnout.server.control;

/** The idempotency key belongs to another write. */
public final class KeyReused extends RuntimeException {
    KeyReused(String key) {
        super("the Idempotency-Key " + key + " came with another write before: a new write needs a key of its own");
    }
}
