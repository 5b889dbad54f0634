/** Counts what a report says about the data, before the first change and after the last row. Leaves to others: showing it. */
@NullMarked
package dev.turnout.worker.check;

import org.jspecify.annotations.NullMarked;
