/** Keeps old and new alike while applications write, by triggers derived from the mapping. Leaves to others: rows written before. */
@NullMarked
package dev.turnout.worker.sync;

import org.jspecify.annotations.NullMarked;
