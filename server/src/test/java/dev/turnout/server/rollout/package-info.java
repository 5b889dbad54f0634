@NullMarked
package dev.turnout.server.rollout;

import org.jspecify.annotations.NullMarked;
