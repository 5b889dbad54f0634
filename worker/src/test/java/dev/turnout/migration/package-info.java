@NullMarked
package dev.turnout.migration;

import org.jspecify.annotations.NullMarked;
