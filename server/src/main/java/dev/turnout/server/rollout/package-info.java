/**
 * Runs rollouts: at every tick takes in what was reported, measured and verified, lets {@code flags.rollout} decide, and
 * carries the decision out in one transaction. Leaves to others: the decision itself, the SQL, telling clients.
 */
@NullMarked
package dev.turnout.server.rollout;

import org.jspecify.annotations.NullMarked;
