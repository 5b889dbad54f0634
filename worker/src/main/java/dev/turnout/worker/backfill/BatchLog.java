package dev.turnout.worker.backfill;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The batches that were done lately, for operators to read: what counts is in the checkpoints. Lost with the process.
 * Thread-safe.
 */
public final class BatchLog {
    /** Of each table: what somebody reads. */
    public static final int KEPT = 40;

    private final Map<String, Deque<Line>> lines = new LinkedHashMap<>();

    /**
     * A batch that is committed.
     *
     * @param at business time of its end
     * @param rows looked at, whether or not they had to change
     * @param took real time
     * @param aside a row was put aside
     */
    public record Line(String table, Instant at, long rows, Duration took, boolean aside, Lane lane, Waited waited) {}

    /** @param worker name of the process */
    public record Lane(String worker, int number) {}

    /**
     * How long a lane had waited before a batch.
     *
     * @param reason the last one; empty: it had not
     */
    public record Waited(Duration time, String reason) {
        public static final Waited NOT = new Waited(Duration.ZERO, "");

        public Waited and(Duration more, String because) {
            return new Waited(time.plus(more), because);
        }
    }

    public synchronized void add(Line line) {
        Deque<Line> kept = lines.computeIfAbsent(line.table(), table -> new ArrayDeque<>());
        kept.addLast(line);
        if (kept.size() > KEPT) {
            kept.removeFirst();
        }
    }

    /** Those since the last call, of each table the newest, in their order. */
    public synchronized List<Line> drain() {
        List<Line> all = new ArrayList<>();
        lines.values().forEach(all::addAll);
        lines.clear();
        return all;
    }
}
