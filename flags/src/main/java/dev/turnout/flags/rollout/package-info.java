/** When a rollout moves: pure decisions. Leaves to others: gathering the health it is told, carrying the decision out. */
@NullMarked
package dev.turnout.flags.rollout;

import org.jspecify.annotations.NullMarked;
