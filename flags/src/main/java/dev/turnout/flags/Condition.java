package dev.turnout.flags;

import java.time.InstantSource;

/** A clause made ready to be asked often. Thread-safe; must not block. */
@FunctionalInterface
public interface Condition {
    /**
     * What is not known of the subject never makes a condition hold, negated or not.
     *
     * @param time asked only by conditions that depend on it
     */
    boolean holds(Subject subject, InstantSource time);
}
