package dev.turnout.server.control;

import dev.turnout.flags.Flag;
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
        Change change) {
    /** The flag as it was after the change; empty when it is about something else. */
    public Optional<Flag> flag() {
        return after.filter(kept -> action.startsWith("flag.")).map(kept -> Json.read(kept, Flag.class));
    }
}
