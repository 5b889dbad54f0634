/**
 * The command line: one file per command. Commands of operators speak HTTP to a server; {@code serve} and {@code work}
 * start one. Exit status 0: done; 1: failed or refused; 2: bad input, or a server or database that cannot be reached;
 * 130: stopped by Ctrl-C.
 */
@NullMarked
package dev.turnout.server.cli;

import org.jspecify.annotations.NullMarked;
