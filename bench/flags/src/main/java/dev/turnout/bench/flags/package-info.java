/** Benchmarks of flags: evaluation in process and over HTTP. Leaves to others: moving rows. */
@NullMarked
package dev.turnout.bench.flags;

import org.jspecify.annotations.NullMarked;
