/** The current flags in memory and the news of their change. Leaves to others: changing flags, serving them. */
@NullMarked
package dev.turnout.server.snapshot;

import org.jspecify.annotations.NullMarked;
