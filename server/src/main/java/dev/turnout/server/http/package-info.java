/**
 * What the server says over HTTP: one file per resource, one table of who may use what, one form of error. Leaves
 * deciding and storing to {@code rollout} and {@code control}.
 */
@NullMarked
package dev.turnout.server.http;

import org.jspecify.annotations.NullMarked;
