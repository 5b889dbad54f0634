package dev.turnout.flags.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.flags.Evaluation;
import dev.turnout.flags.stage.Side;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what calls came to and sends it in batches. A batch that the server may have taken already is sent again under
 * its number, which the server takes once. When the server is gone for long, the oldest batches are dropped and counted.
 * Thread-safe; {@link #report} never blocks for longer than it takes to count.
 */
final class OutcomeReporter {
    private static final Logger log = LoggerFactory.getLogger(OutcomeReporter.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WAITING = 1_000;
    private static final int MOST_AT_ONCE = 100;

    private record Decided(String flag, long version) {}

    private record Report(String flag, long version, String reporter, long seq, Map<Side, OutcomeTally.Wire> arms) {}

    private final ServerLine line;
    /** A restarted application is a new reporter. */
    private final String reporter = UUID.randomUUID().toString();

    private final Map<Decided, Map<Side, OutcomeTally>> tallies = new HashMap<>();
    private final Deque<Report> waiting = new ArrayDeque<>();
    private long seq;
    private long dropped;

    OutcomeReporter(ServerLine line) {
        this.line = line;
    }

    /** Passes over an evaluation without a bucket: nobody could tell whose outcome it was. */
    void report(Evaluation evaluation, Outcome outcome) {
        if (evaluation.bucket().isEmpty()) {
            return;
        }
        int bucket = evaluation.bucket().getAsInt();
        synchronized (tallies) {
            tallies.computeIfAbsent(
                            new Decided(evaluation.key(), evaluation.version()), first -> new EnumMap<>(Side.class))
                    .computeIfAbsent(evaluation.side(), first -> new OutcomeTally())
                    .add(bucket, outcome);
        }
    }

    /** How many batches were dropped because the server was gone for too long. */
    synchronized long dropped() {
        return dropped;
    }

    /** Sends all that is there; what cannot be sent waits for the next time. */
    synchronized void flush() {
        collect();
        int atOnce = MOST_AT_ONCE;
        while (!waiting.isEmpty()) {
            List<Report> batch = waiting.stream().limit(atOnce).toList();
            try {
                line.post("api/v1/outcomes", JSON.writeValueAsString(batch));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("reports are plain data", e);
            } catch (IOException e) {
                if (!(e instanceof ServerLine.Refused refused && refused.forGood())) {
                    log.warn("outcomes wait: {}", e.getMessage());
                    return;
                }
                if (batch.size() > 1) {
                    // One of them is refused: the others must not go with it.
                    atOnce = 1;
                    continue;
                }
                log.error(
                        "a report of outcomes of {} is dropped: {}",
                        batch.get(0).flag(),
                        e.getMessage());
                dropped++;
            }
            batch.forEach(waiting::remove);
        }
    }

    private void collect() {
        Map<Decided, Map<Side, OutcomeTally>> taken;
        synchronized (tallies) {
            taken = new HashMap<>(tallies);
            tallies.clear();
        }
        taken.forEach((decided, sides) -> {
            Map<Side, OutcomeTally.Wire> arms = new EnumMap<>(Side.class);
            sides.forEach((side, tally) -> arms.put(side, tally.wire()));
            waiting.add(new Report(decided.flag(), decided.version(), reporter, seq++, arms));
        });
        while (waiting.size() > MOST_WAITING) {
            waiting.removeFirst();
            dropped++;
        }
    }
}
