package dev.turnout.server.control;

import java.time.Instant;
import java.util.Optional;

/**
 * One change, as it was written down.
 *
 * @param before JSON
 * @param after JSON
 */
public record AuditEntry(
        long id,
        Instant at,
        String action,
        String subject,
        Optional<String> before,
        Optional<String> after,
        Change change) {}
