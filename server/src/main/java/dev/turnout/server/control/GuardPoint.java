package dev.turnout.server.control;

import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Metric;
import dev.turnout.server.control.OutcomeReport.Totals;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a guard saw within a stretch of business time, for charts.
 *
 * @param at where it begins
 * @param weight of the flag at its end
 * @param evidence the greatest of each metric; to be held against {@link dev.turnout.flags.guard.Watch#LIMIT}
 */
public record GuardPoint(Instant at, Weight weight, Totals oldSide, Totals newSide, Map<Metric, Double> evidence) {
    public GuardPoint {
        Map<Metric, Double> copy = new EnumMap<>(Metric.class);
        copy.putAll(evidence);
        evidence = Map.copyOf(copy);
    }

    /** How long the points are that are kept, and for how long. */
    public enum Width {
        TEN_SECONDS(Duration.ofSeconds(10), Duration.ofHours(2)),
        MINUTE(Duration.ofMinutes(1), Duration.ofDays(3)),
        HOUR(Duration.ofHours(1), Duration.ofDays(400));

        private final Duration length;
        private final Duration kept;

        Width(Duration length, Duration kept) {
            this.length = length;
            this.kept = kept;
        }

        public Duration length() {
            return length;
        }

        Duration kept() {
            return kept;
        }

        int seconds() {
            return (int) length.toSeconds();
        }

        /** The narrowest whose points reach so far back. */
        public static Width reaching(Duration back) {
            for (Width width : values()) {
                if (width.kept.compareTo(back) >= 0) {
                    return width;
                }
            }
            return HOUR;
        }
    }
}
