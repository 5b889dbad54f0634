package dev.turnout.worker.write;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** What the dual-write verticle reads and writes of the outbox. Thread-safe. */
public interface WriteBoard {
    /**
     * Takes up the oldest waiting writes that are free, each for one worker, and of one row only the first: the next one
     * comes when that is finished.
     *
     * @param databases connections this worker has
     * @param lease real time after which another worker may take a write up that is not finished
     */
    Future<List<Claimed>> claim(String worker, List<String> databases, Duration lease, int most);

    /** The spec of a run with its files. */
    Future<Bundle> bundle(long run);

    /** Finishes the write; ignored when the claim is gone. */
    Future<Void> finish(Claimed claimed, Outcome outcome);

    /**
     * Lets go of the write without having finished it; ignored when the claim is gone.
     *
     * @param pause real time before a worker may take it up again
     * @param because what it waits for, for the application
     */
    Future<Void> postpone(Claimed claimed, Duration pause, String because);

    /**
     * Writes finished longer ago than the age, the oldest first: nobody will take them up again.
     *
     * @param age real time
     */
    Future<List<Finished>> finished(List<String> databases, Duration age, int most);

    /** Takes finished writes out of the outbox. From then on their keys are free. */
    Future<Void> forget(List<Finished> finished);

    /**
     * @param key the idempotency key
     * @param phase where the run stands; the one to resume while it is paused or failed
     * @param claim fencing token, and how often the write has been taken up
     */
    record Claimed(long id, long run, String database, Phase phase, String key, Write write, long claim) {}

    /** @param key the idempotency key */
    record Finished(long id, long run, String database, String key) {}
}
