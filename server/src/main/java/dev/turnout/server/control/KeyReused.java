package dev.turnout.server.control;

/** The idempotency key belongs to another write or request. */
public final class KeyReused extends RuntimeException {
    KeyReused(String key) {
        this(key, "write");
    }

    private KeyReused(String key, String what) {
        super("the Idempotency-Key " + key + " came with another " + what + " before: a new " + what
                + " needs a key of its own");
    }

    static KeyReused byRequest(String key) {
        return new KeyReused(key, "request");
    }
}
