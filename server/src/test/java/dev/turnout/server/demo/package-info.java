@NullMarked
package dev.turnout.server.demo;

import org.jspecify.annotations.NullMarked;
