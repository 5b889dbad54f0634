@NullMarked
package dev.turnout.worker.embedded;

import org.jspecify.annotations.NullMarked;
