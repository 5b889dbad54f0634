package dev.turnout.bench.guard;

import dev.turnout.bench.guard.Look.Calls;
import dev.turnout.flags.guard.Watch;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** Decides after each look whether to go back. For one thread. */
interface Rule {
    /** In the order of the columns. */
    List<Supplier<Rule>> ALL = List.of(Guard::new, Threshold::new, SlidingZ::new);

    int LOOKS_A_MINUTE = 60 / Traffic.LOOK_SECONDS;

    boolean goesBack(Look look);

    /** The guard itself. */
    final class Guard implements Rule {
        private Instant now = Instant.parse("2026-03-01T00:00:00Z");
        private Watch watch = Watch.from(now);

        @Override
        public boolean goesBack(Look look) {
            now = now.plusSeconds(Traffic.LOOK_SECONDS);
            watch = watch.after(now, look.oldSide(), look.newSide());
            return watch.alarm().isPresent();
        }

        /** Of the last look. */
        double evidence() {
            return watch.figures().evidence();
        }
    }

    /** As Flagger does by default: five minutes, not in a row, in which more than 1 % of the new side's calls failed. */
    final class Threshold implements Rule {
        private static final double LIMIT = 0.01;
        private static final int STRIKES = 5;

        private Calls minute = Calls.NONE;
        private int looks;
        private int strikes;

        @Override
        public boolean goesBack(Look look) {
            minute = minute.and(look.newCalls());
            if (++looks % LOOKS_A_MINUTE == 0) {
                strikes += minute.rate() > LIMIT ? 1 : 0;
                minute = Calls.NONE;
            }
            return strikes >= STRIKES;
        }
    }

    /** Each minute a test of two proportions over the last five minutes, one-sided, at the 1 % level. */
    final class SlidingZ implements Rule {
        private static final double Z = 2.326;
        private static final int WINDOW = 5 * LOOKS_A_MINUTE;

        private final Deque<Look> window = new ArrayDeque<>();
        private Calls oldCalls = Calls.NONE;
        private Calls newCalls = Calls.NONE;
        private int looks;

        @Override
        public boolean goesBack(Look look) {
            window.add(look);
            oldCalls = oldCalls.and(look.oldCalls());
            newCalls = newCalls.and(look.newCalls());
            if (window.size() > WINDOW) {
                Look gone = window.remove();
                oldCalls = oldCalls.without(gone.oldCalls());
                newCalls = newCalls.without(gone.newCalls());
            }
            return ++looks % LOOKS_A_MINUTE == 0 && looks >= WINDOW && z() > Z;
        }

        private double z() {
            double pooled = oldCalls.and(newCalls).rate();
            double variance = pooled * (1 - pooled) * (1.0 / oldCalls.all() + 1.0 / newCalls.all());
            return variance > 0 ? (newCalls.rate() - oldCalls.rate()) / Math.sqrt(variance) : 0;
        }
    }
}
