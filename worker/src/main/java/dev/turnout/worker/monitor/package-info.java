/** Runs monitoring queries, in SQL and PromQL, and a migration's scheduled SQL. Leaves to others: acting on what they say. */
@NullMarked
package dev.turnout.worker.monitor;

import org.jspecify.annotations.NullMarked;
