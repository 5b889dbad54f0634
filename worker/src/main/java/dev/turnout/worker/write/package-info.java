/**
 * Performs the writes that applications leave to Turnout, on both sides and once each. Leaves to others: taking them in, and
 * the triggers that carry a row over.
 */
@NullMarked
package dev.turnout.worker.write;

import org.jspecify.annotations.NullMarked;
