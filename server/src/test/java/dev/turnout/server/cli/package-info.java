/** Tests of the command line. */
@NullMarked
package dev.turnout.server.cli;

import org.jspecify.annotations.NullMarked;
