package dev.turnout.worker.run;

import dev.turnout.migration.Side;
import java.util.List;

/**
 * One transaction of an application.
 *
 * @param by the application's version: the old one writes the old side
 * @param committed false: it changes its mind and rolls back
 */
record Unit(Side by, List<Write> writes, boolean committed) {
    /** What a statement does; keys are numbers within the share of the writer. */
    sealed interface Write {
        /** Inserts the row, or changes the one that is there. */
        record Put(int key, Item item) implements Write {}

        record Delete(int key) implements Write {}

        /** Gives the row another key; nothing when it is not there or the other key is taken. */
        record Rekey(int key, int to) implements Write {}

        /** One statement that changes every row of the writer. */
        record Recount(int count) implements Write {}
    }
}
