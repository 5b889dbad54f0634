package dev.turnout.worker.verify;

import java.util.Optional;

/**
 * What an operator wants verified anew. Immutable.
 *
 * @param id rises with each; a chunk keeps the newest that its verification knew of
 * @param table or transfer; empty: every one
 */
public record Demand(long id, Optional<String> table) {
    /**
     * How far it is met.
     *
     * @param demand its number
     * @param done chunks that were verified since the worker knew of it
     * @param differences rows that were not what the mapping says, those that were repaired as well
     * @param over nothing is left to do for it
     */
    public record Met(long demand, long chunks, long done, long differences, boolean over) {}
}
