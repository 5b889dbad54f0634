/**
 * A hospital that moves while it is open: a booking application, the ledger of what it was promised, and the demo.
 * Leaves to others: everything that moves it; the demo uses the server as an operator does, over HTTP.
 */
@NullMarked
package dev.turnout.server.demo;

import org.jspecify.annotations.NullMarked;
