/** The schema {@code turnout} of a migrated database: its making and its fence. Leaves to others: what stands in its rows. */
@NullMarked
package dev.turnout.worker.bookkeeping;

import org.jspecify.annotations.NullMarked;
