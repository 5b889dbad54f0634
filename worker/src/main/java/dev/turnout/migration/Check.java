package dev.turnout.migration;

import java.util.Optional;

/**
 * A figure that a report must have.
 *
 * @param query gives one value
 * @param before its text before the first change; empty: whatever it is, it is noted
 * @param after its text once every row is verified; empty: likewise
 * @param on the side whose tables it names
 */
public record Check(String name, String query, Optional<String> before, Optional<String> after, Side on) {}
