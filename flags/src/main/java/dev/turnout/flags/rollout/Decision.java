package dev.turnout.flags.rollout;

/** What a rollout does next; each with the reason that is shown and stored. */
public sealed interface Decision {
    String because();

    /** Nothing moves. */
    record Stay(String because) implements Decision {}

    /** The flag goes to the weight of {@code step}. */
    record Advance(int step, String because) implements Decision {}

    /** The flag goes back at once; an operator must acknowledge before anything moves again. */
    record RollBack(String because) implements Decision {}

    /** The units that were held back follow to the new side. */
    record Release(String because) implements Decision {}

    /** The last step has soaked and every gate is open. */
    record Complete(String because) implements Decision {}
}
