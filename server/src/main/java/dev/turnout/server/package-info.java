/**
 * Puts a Turnout process together: what is started, in which order, and how it stops. Leaves everything else to the
 * packages below.
 */
@NullMarked
package dev.turnout.server;

import org.jspecify.annotations.NullMarked;
