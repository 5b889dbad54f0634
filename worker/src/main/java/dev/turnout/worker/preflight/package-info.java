/** Finds out, before the first change, everything that would stop a run later. Leaves to others: the text of the spec. */
@NullMarked
package dev.turnout.worker.preflight;

import org.jspecify.annotations.NullMarked;
