package dev.turnout.flags.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.flags.Evaluation;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Subject;
import dev.turnout.flags.stage.Side;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps applications on adjacent stages from writing one unit in opposite orders. A write is decided by the newest flags
 * here; if any flags that another application may still hold would order this unit's writes differently, it waits until
 * every live application has acknowledged the newest. Acknowledged is a version when no write decided by an older one is
 * under way. Thread-safe.
 *
 * <p>Invariant: a write in an order begins only when no live client has, or can begin, a write of that unit in another
 * order. The versions that others may hold lie between the settled one and, for those ahead, a version that cannot be
 * settled before this client acknowledges it, so that they wait.
 */
final class Barrier {
    private static final Logger log = LoggerFactory.getLogger(Barrier.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Between two beats while a write waits; without, the client beats at its own pace. */
    private static final Duration WAIT = Duration.ofMillis(200);

    private final ServerLine line;
    private final InstantSource time;
    private final Executor soon;
    private final boolean strict;
    private final String path = "api/v1/clients/" + UUID.randomUUID();
    /** By version: flags that some client may still hold, as far as this one has seen them. Guarded by this. */
    private final TreeMap<Long, FlagSet> seen = new TreeMap<>();
    /** By version: writes under way. Guarded by this. */
    private final TreeMap<Long, Integer> underWay = new TreeMap<>();

    private FlagSet current;
    private long settled;
    private volatile boolean closed;
    private long told = -1;
    /** When the server last heard of this client, as {@link System#nanoTime}. */
    private long contactAt;

    private Duration lease = Duration.ZERO;

    /**
     * @param soon runs a beat that must not wait for the next one
     * @param strict what to do while the server does not hear of this client: true holds its writes, false lets them go,
     *     at the risk that the flags are changed elsewhere meanwhile
     */
    Barrier(ServerLine line, FlagSet current, InstantSource time, Executor soon, boolean strict) {
        this.line = line;
        this.time = time;
        this.soon = soon;
        this.strict = strict;
        this.current = current;
        this.seen.put(current.version(), current);
    }

    /** A write that may go; must be closed when it is done. */
    final class Pass implements AutoCloseable {
        private final Evaluation evaluation;
        private final long version;

        private Pass(Evaluation evaluation, long version) {
            this.evaluation = evaluation;
            this.version = version;
        }

        Evaluation evaluation() {
            return evaluation;
        }

        @Override
        public void close() {
            leave(version);
        }
    }

    synchronized void changed(FlagSet flags) {
        current = flags;
        seen.put(flags.version(), flags);
        beatSoon();
    }

    /** The others wait to hear of what this client has come to since. */
    private void beatSoon() {
        notifyAll();
        if (acknowledged() > told) {
            soon.execute(this::beat);
        }
    }

    /**
     * Lets a write begin.
     *
     * @param atMost how long it may wait for the others
     * @throws WriteHeld when it may still not begin then
     */
    Pass enter(String flag, Subject unit, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            synchronized (this) {
                if (mayWrite(flag, unit)) {
                    return pass(flag, unit);
                }
            }
            if (System.nanoTime() - end >= 0) {
                throw new WriteHeld(flag, atMost);
            }
            boolean heard = beat();
            synchronized (this) {
                if (!heard && !strict) {
                    return pass(flag, unit);
                }
                if (!mayWrite(flag, unit)) {
                    wait(WAIT.toMillis());
                }
            }
        }
    }

    private synchronized Pass pass(String flag, Subject unit) {
        underWay.merge(current.version(), 1, Integer::sum);
        return new Pass(current.evaluate(flag, unit, time), current.version());
    }

    private synchronized boolean mayWrite(String flag, Subject unit) {
        if (told < 0 || current.version() < settled || (strict && cutOff())) {
            return false;
        }
        List<Side> order = order(current, flag, unit);
        long expected = Math.max(settled, 0);
        boolean gap = false;
        for (Map.Entry<Long, FlagSet> each : seen.tailMap(settled, true).entrySet()) {
            if (!order(each.getValue(), flag, unit).equals(order)) {
                return false;
            }
            gap |= each.getKey() > expected;
            expected = each.getKey() + 1;
        }
        // Of a version that came and went unseen nobody knows the order; without one of this flag's it does not matter.
        boolean flagIsSettled =
                current.flag(flag).filter(it -> it.version() > settled).isEmpty();
        return flagIsSettled || !gap;
    }

    /** Well before the server takes this client for dead and settles without it. */
    private boolean cutOff() {
        return System.nanoTime() - contactAt > lease.toNanos() * 3 / 4;
    }

    private List<Side> order(FlagSet flags, String flag, Subject unit) {
        Evaluation evaluation = flags.evaluate(flag, unit, time);
        return evaluation.stage().map(stage -> stage.writes()).orElse(List.of(evaluation.side()));
    }

    private synchronized void leave(long version) {
        underWay.merge(version, -1, Integer::sum);
        underWay.values().removeIf(count -> count == 0);
        beatSoon();
    }

    private synchronized long acknowledged() {
        return underWay.isEmpty() ? current.version() : Math.min(current.version(), underWay.firstKey());
    }

    /**
     * Tells the server how far this client has come and hears of the others.
     *
     * @return whether the server heard it
     */
    boolean beat() {
        if (closed) {
            return false;
        }
        long asked = System.nanoTime();
        long acknowledges = acknowledged();
        try {
            JsonNode answer = JSON.readTree(line.post(path, "{\"acknowledged\":" + acknowledges + "}"));
            heard(answer, acknowledges, asked);
            return true;
        } catch (IOException e) {
            log.warn("the server does not hear how far this client has come: {}", e.getMessage());
            return false;
        }
    }

    private synchronized void heard(JsonNode answer, long acknowledged, long asked) {
        settled = Math.max(settled, answer.path("settled").asLong());
        lease = Duration.ofMillis(answer.path("leaseMillis").asLong());
        told = Math.max(told, acknowledged);
        contactAt = asked;
        Optional.ofNullable(seen.floorKey(settled))
                .ifPresent(oldest -> seen.headMap(oldest, false).clear());
        notifyAll();
    }

    void close() {
        closed = true;
        try {
            line.delete(path);
        } catch (IOException e) {
            log.debug("the server will find out that this client is gone: {}", e.getMessage());
        }
    }
}
