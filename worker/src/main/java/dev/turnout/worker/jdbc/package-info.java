/** Transactions, limits, error classes and quoting over JDBC. Leaves to others: what the statements mean. */
@NullMarked
package dev.turnout.worker.jdbc;

import org.jspecify.annotations.NullMarked;
