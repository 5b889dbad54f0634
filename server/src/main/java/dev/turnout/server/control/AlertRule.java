package dev.turnout.server.control;

import java.time.Duration;
import java.util.Map;

/**
 * What is done about alerts of one kind.
 *
 * @param position the first rule in this order, then by name, that an alert fits decides about it
 * @param version 0 before it was stored
 */
public record AlertRule(String name, int position, long version, Terms terms) {
    /** The longest time after an increase for which an alert is held against it. */
    public static final Duration LONGEST_WINDOW = Duration.ofHours(24);

    /**
     * @param match regular expressions by label, each for the whole of it; a label that is not there is empty
     * @param flag a key, the beginning of keys with a {@code *} behind it, or either with <code>${labels.NAME}</code> in it
     * @param attribution of the flags that it names
     * @param noData also for alerts that say that nothing is known
     */
    public record Terms(
            boolean enabled,
            Map<String, String> match,
            String flag,
            Attribution attribution,
            Action action,
            Bounds bounds,
            Arm arm,
            boolean noData) {
        public Terms {
            match = Map.copyOf(match);
        }
    }

    /** Which of several flags an alert is held against. */
    public enum Attribution {
        /** The one that was increased last. */
        LATEST,
        /** Every one that was increased within the window. */
        ALL
    }

    public enum Action {
        ROLLBACK,
        /** The rollout stays where it is until an operator resumes it. */
        PAUSE,
        /** Somebody is told. */
        NOTIFY
    }

    /**
     * @param actionWindow business time after an increase for which an alert is held against it
     * @param maxAlertAge since it began to fire: what is older is a repetition, or late
     * @param cooldown after it acted on a flag, for which it does not act on that flag again unless that is increased
     */
    public record Bounds(Duration actionWindow, Duration maxAlertAge, Duration cooldown) {
        public static final Bounds USUAL =
                new Bounds(Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofMinutes(10));
    }

    /**
     * The label that says which side an alert is about.
     *
     * @param required whether an alert without it is ignored
     */
    public record Arm(String label, boolean required) {
        public static final Arm USUAL = new Arm("variant", false);
    }
}
