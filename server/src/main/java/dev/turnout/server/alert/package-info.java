/**
 * Decides what an alert from outside calls for, and has it done. The way back itself is the rollout's, the form of a
 * webhook is HTTP's.
 */
@NullMarked
package dev.turnout.server.alert;

import org.jspecify.annotations.NullMarked;
