/** Runs monitoring queries on their schedule. Leaves to others: acting on what they say. */
@NullMarked
package dev.turnout.worker.monitor;

import org.jspecify.annotations.NullMarked;
