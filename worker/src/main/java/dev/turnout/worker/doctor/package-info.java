/** Looks a migrated database over, for no run in particular. Leaves to others: mending what it finds; whole specs. */
@NullMarked
package dev.turnout.worker.doctor;

import org.jspecify.annotations.NullMarked;
