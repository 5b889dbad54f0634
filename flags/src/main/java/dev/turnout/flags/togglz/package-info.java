/** Lets Togglz applications use Turnout. Leaves to others: evaluation itself. */
@NullMarked
package dev.turnout.flags.togglz;

import org.jspecify.annotations.NullMarked;
