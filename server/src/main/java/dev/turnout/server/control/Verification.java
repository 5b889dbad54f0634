package dev.turnout.server.control;

import java.time.Instant;
import java.util.Optional;

/**
 * What an operator wanted verified anew, and how far it is, as the worker told last. Instants are business time.
 *
 * @param table or transfer; empty: every one
 * @param done chunks that were verified since
 * @param differences rows that were not what the mapping says, those that were repaired as well
 * @param overAt empty: it is not over
 * @param unmet why it ended before every row was verified; empty: it did not
 */
public record Verification(
        long id,
        Optional<String> table,
        Asked asked,
        long chunks,
        long done,
        long differences,
        Optional<Instant> overAt,
        Optional<String> unmet) {
    public record Asked(Instant at, String by, String reason) {}

    public enum State {
        OPEN,
        DONE,
        UNMET
    }

    public State state() {
        return overAt.isEmpty() ? State.OPEN : unmet.isPresent() ? State.UNMET : State.DONE;
    }
}
