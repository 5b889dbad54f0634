@NullMarked
package dev.turnout.worker;

import org.jspecify.annotations.NullMarked;
