/**
 * How often the guard of {@code dev.turnout.flags.guard} takes a healthy flag back and how soon a bad one, by simulated calls.
 * Leaves to others: the server around it.
 */
@NullMarked
package dev.turnout.bench.guard;

import org.jspecify.annotations.NullMarked;
