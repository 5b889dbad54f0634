@NullMarked
package dev.turnout.server.alert;

import org.jspecify.annotations.NullMarked;
