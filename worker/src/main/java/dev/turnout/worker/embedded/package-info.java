/** Starts a private PostgreSQL and clears up after a crash. Leaves to others: schemas and users. */
@NullMarked
package dev.turnout.worker.embedded;

import org.jspecify.annotations.NullMarked;
