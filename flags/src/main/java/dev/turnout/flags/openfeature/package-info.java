/** Lets applications use a Turnout client through OpenFeature. Leaves to others: keeping the flags fresh. */
@NullMarked
package dev.turnout.flags.openfeature;

import org.jspecify.annotations.NullMarked;
