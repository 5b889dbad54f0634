/**
 * The only door to the control database: one small store per thing kept there. Leaves to others: what the things mean,
 * and when they change.
 */
@NullMarked
package dev.turnout.server.control;

import org.jspecify.annotations.NullMarked;
