/** When outcomes are bad: pure statistics. Leaves to others: collecting outcomes, acting on the verdict. */
@NullMarked
package dev.turnout.flags.guard;

import org.jspecify.annotations.NullMarked;
