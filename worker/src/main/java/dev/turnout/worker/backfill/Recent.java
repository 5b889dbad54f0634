package dev.turnout.worker.backfill;

import dev.turnout.worker.phase.Progress.Outlook;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What the last two minutes were like, over all lanes of this process: rows by window of five seconds, and how the time
 * was spent. Thread-safe; time is an argument.
 */
final class Recent {
    static final Duration WINDOW = Duration.ofSeconds(5);
    private static final int REMEMBERED = 24;

    private final Deque<Slot> slots = new ArrayDeque<>();

    private static final class Slot {
        private final long fromNanos;
        private long rows;
        private long workedNanos;
        private long throttledNanos;

        private Slot(long fromNanos) {
            this.fromNanos = fromNanos;
        }
    }

    synchronized void moved(long nowNanos, long rows, Duration took) {
        Slot slot = slot(nowNanos);
        slot.rows += rows;
        slot.workedNanos += took.toNanos();
    }

    synchronized void throttled(long nowNanos, Duration pause) {
        slot(nowNanos).throttledNanos += pause.toNanos();
    }

    /** Rows per second now; 0 while there is too little to tell. */
    synchronized double perSecond(long nowNanos) {
        slot(nowNanos);
        if (slots.size() < 2) {
            Slot only = slots.getLast();
            long age = nowNanos - only.fromNanos;
            return age < Duration.ofSeconds(1).toNanos() ? 0 : only.rows * 1e9 / age;
        }
        Slot last = slots.getLast();
        Slot before = slots.stream().skip(slots.size() - 2L).findFirst().orElseThrow();
        return (before.rows + last.rows) * 1e9 / (nowNanos - before.fromNanos);
    }

    /** From the windows that are over, tenth and ninetieth percentile; from what there is while none is. */
    synchronized Outlook outlook(long nowNanos, int lanes) {
        double now = perSecond(nowNanos);
        double[] rates = slots.stream()
                .limit(slots.size() - 1L)
                .mapToDouble(slot -> slot.rows * 1e9 / WINDOW.toNanos())
                .sorted()
                .toArray();
        long worked = slots.stream().mapToLong(slot -> slot.workedNanos).sum();
        long throttled = slots.stream().mapToLong(slot -> slot.throttledNanos).sum();
        double share = worked + throttled == 0 ? 0 : (double) throttled / (worked + throttled);
        return rates.length == 0
                ? new Outlook(now, now, share, lanes)
                : new Outlook(
                        rates[(int) ((rates.length - 1) * 0.1)],
                        rates[(int) Math.ceil((rates.length - 1) * 0.9)],
                        share,
                        lanes);
    }

    private Slot slot(long nowNanos) {
        if (slots.isEmpty()) {
            slots.addLast(new Slot(nowNanos));
        }
        while (nowNanos - slots.getLast().fromNanos >= WINDOW.toNanos()) {
            // Windows in which nothing happened count as well: they make the outlook honest.
            slots.addLast(new Slot(slots.getLast().fromNanos + WINDOW.toNanos()));
            if (slots.size() > REMEMBERED) {
                slots.removeFirst();
            }
        }
        return slots.getLast();
    }
}
