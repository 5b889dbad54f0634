package dev.turnout.flags;

import java.util.Optional;
import java.util.OptionalInt;

/** Hears how an evaluation came to its answer. Does nothing by default: most evaluations are of no interest. */
interface Trail {
    Trail SILENT = new Trail() {};

    default void disabled(Flag flag) {}

    default void closed(Schedule schedule) {}

    /** @param answer empty when there is no such flag, or it waits for this one */
    default void prerequisite(Prerequisite prerequisite, Optional<Evaluation> answer) {}

    /** @param missed position of the first clause that does not hold; empty: the rule answers */
    default void rule(int position, Rule rule, OptionalInt missed) {}

    default void failed(int position, Rule rule, RuntimeException failure) {}

    /** @param bucket empty: the subject has no bucketing key */
    default void served(Serve serve, OptionalInt bucket) {}
}
