package dev.turnout.server.control;

/**
 * Who changes something and why; kept in the audit with every change.
 *
 * @param actor name of a token, or of the part of Turnout that acts by itself
 * @param reason in the actor's words; may be empty
 */
public record Change(String actor, String reason) {
    public Change {
        if (actor.isBlank()) {
            throw new IllegalArgumentException("a change has an actor");
        }
    }
}
