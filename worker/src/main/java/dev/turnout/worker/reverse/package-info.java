/** The way back: from any phase before the point of no return to the schema there was. Leaves to others: the flag. */
@NullMarked
package dev.turnout.worker.reverse;

import org.jspecify.annotations.NullMarked;
