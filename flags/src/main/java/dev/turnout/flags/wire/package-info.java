/** Flags as JSON, as they are stored and sent to clients. Leaves to others: what people write, and who sends it. */
@NullMarked
package dev.turnout.flags.wire;

import org.jspecify.annotations.NullMarked;
