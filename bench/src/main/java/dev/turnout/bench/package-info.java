/** What the engine costs and what applications feel of it, each beside a baseline of the same run. Leaves to others: judging. */
@NullMarked
package dev.turnout.bench;

import org.jspecify.annotations.NullMarked;
