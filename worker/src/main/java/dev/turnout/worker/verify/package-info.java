/** Proves that old and new agree, and that the proof would notice if not. Leaves to others: moving the flag. */
@NullMarked
package dev.turnout.worker.verify;

import org.jspecify.annotations.NullMarked;
