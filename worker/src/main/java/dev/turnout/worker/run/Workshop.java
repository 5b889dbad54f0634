package dev.turnout.worker.run;

import dev.turnout.flags.time.Pace;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;

/** What all runs of a worker share. Immutable. */
record Workshop(Vertx vertx, WorkerExecutor strides, RunBoard board, RunSettings settings, Pace pace) {}
