/**
 * Carries the rows of a transfer to a table on another server, of PostgreSQL or MySQL, and after the flip back. Triggers name
 * what changed in a changelog; the applier reads those rows anew and writes them; the backfill carries what was there before.
 * Both write under a gate that only one transaction of the target can hold, so neither a late nor a killed process leaves
 * something stale. Leaves to others: the phases of a run; transfers whose tables are on one server.
 */
@NullMarked
package dev.turnout.worker.remote;

import org.jspecify.annotations.NullMarked;
