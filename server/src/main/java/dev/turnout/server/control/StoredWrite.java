package dev.turnout.server.control;

import dev.turnout.worker.write.Outcome;
import java.time.Instant;
import java.util.Optional;

/**
 * A write in the outbox, as its application may see it.
 *
 * @param key the idempotency key
 * @param acceptedAt business time
 * @param acceptedFrom name of the token
 * @param attempts how often a worker has taken it up
 * @param waitingFor empty when a worker has not met anything in its way
 * @param outcome empty while it waits
 */
public record StoredWrite(
        String key,
        Instant acceptedAt,
        String acceptedFrom,
        long attempts,
        String waitingFor,
        Optional<Outcome> outcome) {}
