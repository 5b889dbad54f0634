package dev.turnout.server.control;

import java.time.Instant;
import java.util.Optional;

/**
 * A token as it is kept: without the token.
 *
 * @param expiresAt business time; empty: never
 */
public record TokenEntry(Caller caller, Instant createdAt, Optional<Instant> expiresAt, Optional<Instant> revokedAt) {
    boolean valid(Instant now) {
        return revokedAt.isEmpty() && expiresAt.map(now::isBefore).orElse(true);
    }
}
