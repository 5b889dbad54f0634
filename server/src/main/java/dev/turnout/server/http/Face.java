package dev.turnout.server.http;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;

/** Answers beside the API, on the same port. Thread-safe. */
@FunctionalInterface
public interface Face {
    /** Adds its routes to the router of the event loop that this is called on. */
    void mount(Vertx vertx, Router router, Inside inside);
}
