@NullMarked
package dev.turnout.worker.remote;

import org.jspecify.annotations.NullMarked;
