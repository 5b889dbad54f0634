/** Takes the old side away, once every condition holds. Leaves to others: deciding that they hold. */
@NullMarked
package dev.turnout.worker.contract;

import org.jspecify.annotations.NullMarked;
