package dev.turnout.server.control;

import dev.turnout.flags.Weight;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something went wrong on the new side, and what was done about it.
 *
 * @param run empty for a flag without a migration
 * @param evidence JSON values: what was seen, the rule and the numbers
 */
public record Incident(
        long id,
        String flagKey,
        OptionalLong run,
        Instant at,
        Finding finding,
        Weight before,
        Weight after,
        Map<String, Object> evidence,
        Optional<Acknowledged> acknowledged) {
    /** Who noticed. */
    public enum Source {
        OUTCOMES,
        MONITOR,
        ALERT,
        OPERATOR,
        VERIFICATION
    }

    public record Finding(Source source, String because) {}

    public record Acknowledged(Instant at, Change change) {}
}
