/** The Java client, its OpenFeature provider and the official OFREP provider against a real server. */
@NullMarked
package dev.turnout.server.client;

import org.jspecify.annotations.NullMarked;
