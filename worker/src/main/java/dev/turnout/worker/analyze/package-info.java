/** Measures the data before a row of it is moved. Leaves to others: moving it. */
@NullMarked
package dev.turnout.worker.analyze;

import org.jspecify.annotations.NullMarked;
