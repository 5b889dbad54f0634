package dev.turnout.server.console;

import io.vertx.core.Future;

/** Reads what a page shows; fails as the API does. */
@FunctionalInterface
interface Page {
    Future<View> of(Visit visit);
}
