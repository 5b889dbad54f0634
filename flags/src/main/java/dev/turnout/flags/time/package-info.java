/** Business time as a parameter, so that a week can pass in seconds. Leaves to others: waiting. */
@NullMarked
package dev.turnout.flags.time;

import org.jspecify.annotations.NullMarked;
