package dev.turnout.server.control;

import java.time.Instant;
import java.util.Optional;

/**
 * A token as it is kept: without the token.
 *
 * @param previousUntil until when the token that it was before its rotation is taken as well; empty: never rotated
 * @param version rises with every change of it
 */
public record TokenEntry(Caller caller, Life life, Optional<Instant> previousUntil, long version) {
    /**
     * In business time.
     *
     * @param expiresAt empty: never
     */
    public record Life(Instant createdAt, Optional<Instant> expiresAt, Optional<Instant> revokedAt) {}

    /** @param previous whether it was shown as it was before its rotation */
    boolean valid(boolean previous, Instant now) {
        return life.revokedAt().isEmpty()
                && life.expiresAt().map(now::isBefore).orElse(true)
                && (!previous || previousUntil.map(now::isBefore).orElse(false));
    }
}
