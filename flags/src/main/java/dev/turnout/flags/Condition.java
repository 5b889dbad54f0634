package dev.turnout.flags;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Predicate;

/** A clause made ready to be asked often. Thread-safe; must not block. */
@FunctionalInterface
public interface Condition {
    /**
     * What is not known of the subject never makes a condition hold, negated or not.
     *
     * @param time asked only by conditions that depend on it
     */
    boolean holds(Subject subject, InstantSource time);

    /** What the answer depends on, beside the subject. */
    default Dependence dependence() {
        return Dependence.SUBJECT;
    }

    /** What may change an answer. */
    enum Dependence {
        /** Nothing but the subject. */
        SUBJECT,
        /** Only the time, not the subject. */
        TIME,
        /** Nobody knows; the environment perhaps. */
        UNKNOWN
    }

    /** A condition on the time alone. */
    static Condition ofTime(Predicate<Instant> holds) {
        return new Condition() {
            @Override
            public boolean holds(Subject subject, InstantSource time) {
                return holds.test(time.instant());
            }

            @Override
            public Dependence dependence() {
                return Dependence.TIME;
            }
        };
    }
}
