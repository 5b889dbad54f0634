/** Puts a run together and keeps it alive: claims, phases, verticles. Leaves to others: the work of each phase; where control state is kept. */
@NullMarked
package dev.turnout.worker.run;

import org.jspecify.annotations.NullMarked;
