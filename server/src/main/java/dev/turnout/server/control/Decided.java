package dev.turnout.server.control;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A decision of a rollout as it is kept.
 *
 * @param run of the rollout; empty for a flag without one
 * @param kind {@code ADVANCE}, {@code ROLL_BACK}, {@code STAY} …; {@code REFUSED} when it should have gone back and could not
 * @param evidence JSON values: all that it was decided by
 */
public record Decided(
        long id,
        String flagKey,
        OptionalLong run,
        Instant at,
        String kind,
        String because,
        Map<String, Object> evidence) {
    public static final String STAY = "STAY";
    public static final String REFUSED = "REFUSED";
}
