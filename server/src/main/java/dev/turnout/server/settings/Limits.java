package dev.turnout.server.settings;

import java.time.Duration;

/**
 * What one client may take of a server.
 *
 * @param bodyBytes of one request
 * @param bodyTime from the first byte of a request's body to the last
 * @param connections at once, of all clients
 * @param requestsPerSecond of each token, where it operates; what applications send is not counted
 */
public record Limits(int bodyBytes, Duration bodyTime, int connections, int requestsPerSecond) {
    /** Enough for specs of a megabyte, for ten thousand event streams, and for any script of an operator. */
    public static final Limits DEFAULT = new Limits(1 << 20, Duration.ofSeconds(10), 20_000, 500);
}
