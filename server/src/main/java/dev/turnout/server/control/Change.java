package dev.turnout.server.control;

import java.util.Optional;

/**
 * Who changes something and why; kept in the audit with every change.
 *
 * @param actor name of a token, or of the part of Turnout that acts by itself
 * @param reason in the actor's words; may be empty
 * @param basedOn the tag of the state that it was decided on; empty: whatever it is now
 */
public record Change(String actor, String reason, Optional<String> basedOn) {
    public Change {
        if (actor.isBlank()) {
            throw new IllegalArgumentException("a change has an actor");
        }
    }

    public Change(String actor, String reason) {
        this(actor, reason, Optional.empty());
    }

    public Change basedOn(Optional<String> tag) {
        return new Change(actor, reason, tag);
    }

    /** @throws StateConflict when it was decided on another state than the one that is changed */
    void check(String what, String tag) {
        if (basedOn.filter(told -> !told.equals(tag)).isPresent()) {
            throw new StateConflict(what, tag);
        }
    }

    /** Of the rollout, under its row's lock. */
    public void check(RolloutRow row) {
        check("rollout of the flag " + row.flagKey(), row.tag());
    }
}
