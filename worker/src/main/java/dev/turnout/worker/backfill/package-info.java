/** Brings the rows that were there before the triggers up to date. Leaves to others: rows written since; proving it. */
@NullMarked
package dev.turnout.worker.backfill;

import org.jspecify.annotations.NullMarked;
