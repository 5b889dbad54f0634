/**
 * Sends notices to where people and programs hear of them, again until they arrive. Leaves to others: what is told, and
 * that it is kept until then.
 */
@NullMarked
package dev.turnout.server.notify;

import org.jspecify.annotations.NullMarked;
