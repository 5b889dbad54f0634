/** Tests of the process as a whole, and a real server for the tests of its faces. */
@NullMarked
package dev.turnout.server;

import org.jspecify.annotations.NullMarked;
