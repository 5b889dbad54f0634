@NullMarked
package dev.turnout.worker.jdbc;

import org.jspecify.annotations.NullMarked;
