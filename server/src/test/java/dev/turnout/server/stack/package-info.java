/** The files of the stack, proven without a container engine, and the same stack as plain processes. */
@NullMarked
package dev.turnout.server.stack;

import org.jspecify.annotations.NullMarked;
