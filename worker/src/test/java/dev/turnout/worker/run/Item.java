package dev.turnout.worker.run;

import java.util.Optional;

/** What the application of the model test keeps under a key. */
record Item(String name, Optional<Integer> count) {
    /** One more than fits: the mapping adds a thousand, so a row of it cannot be moved. */
    static final int TOO_LARGE = Integer.MAX_VALUE - 500;

    static final int ADDED = 1_000;

    boolean movable() {
        return count.filter(number -> number >= TOO_LARGE).isEmpty();
    }

    /** As the old side keeps it. */
    String old() {
        return name + "|" + count.map(String::valueOf).orElse("NULL");
    }

    /** As the new side must keep it: what {@code up} says, told here once more and in another language. */
    String moved() {
        return label() + "|" + amount().map(String::valueOf).orElse("NULL");
    }

    String label() {
        return name + "!";
    }

    Optional<Integer> amount() {
        return count.map(number -> number + ADDED);
    }
}
