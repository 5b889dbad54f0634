/** What a phase of a run is to whoever drives it: a bounded stride and how it went. Leaves to others: every phase. */
@NullMarked
package dev.turnout.worker.phase;

import org.jspecify.annotations.NullMarked;
