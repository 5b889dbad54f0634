/** When the backfill has to wait, and why. Leaves to others: waiting. */
@NullMarked
package dev.turnout.worker.throttle;

import org.jspecify.annotations.NullMarked;
