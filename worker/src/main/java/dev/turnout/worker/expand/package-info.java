/** Adds what the new side needs, step by step, each verified and undoable. Leaves to others: rows. */
@NullMarked
package dev.turnout.worker.expand;

import org.jspecify.annotations.NullMarked;
