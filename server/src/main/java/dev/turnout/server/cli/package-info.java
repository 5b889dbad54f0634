/**
 * The command line: one file per command. Commands of operators speak HTTP to a server; {@code serve} and {@code work}
 * start one. What they end with: {@link dev.turnout.server.cli.ExitStatus}.
 */
@NullMarked
package dev.turnout.server.cli;

import org.jspecify.annotations.NullMarked;
