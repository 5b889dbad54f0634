/** The words of a migration: spec, move, phase; plain values and their checks. Leaves to others: every database. */
@NullMarked
package dev.turnout.migration;

import org.jspecify.annotations.NullMarked;
