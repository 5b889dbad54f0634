package dev.turnout.server.console;

import java.time.Instant;

/**
 * Somebody who is logged in.
 *
 * @param token that was shown at the login; whether it and the session still count is asked with every request
 * @param proof that a form came from one of our pages; also what the session is known by where it is ended
 * @param until real time
 */
record Session(String token, String proof, Instant until) {
    @Override
    public String toString() {
        return "Session until " + until;
    }
}
