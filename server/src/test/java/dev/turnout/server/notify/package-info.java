@NullMarked
package dev.turnout.server.notify;

import org.jspecify.annotations.NullMarked;
