/** What tests of all modules stand on: a real PostgreSQL, a database per test, a clock that is set. */
@NullMarked
package dev.turnout.worker.testkit;

import org.jspecify.annotations.NullMarked;
