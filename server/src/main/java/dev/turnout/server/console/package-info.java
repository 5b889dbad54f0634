/**
 * What operators see in a browser: pages made of the API's documents, and forms that ask the API. Leaves to others: what
 * may be done, by whom and how; {@code http.Inside} is the only way from here to anything.
 */
@NullMarked
package dev.turnout.server.console;

import org.jspecify.annotations.NullMarked;
