package dev.turnout.flags;

/**
 * One of the answers of a flag.
 *
 * @param value Boolean, String, Number, or an immutable List or Map of those
 */
public record Variant(String name, Object value) {}
