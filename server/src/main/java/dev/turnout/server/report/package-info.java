/** Makes the reports of a run from what is kept of it. Leaves to others: keeping it, and sending them. */
@NullMarked
package dev.turnout.server.report;

import org.jspecify.annotations.NullMarked;
