package dev.turnout.server.control;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * One alert as alerting sent it.
 *
 * @param fingerprint of its labels: the same alert has the same
 * @param startsAt real time, by the clock of whoever sent it; with the fingerprint it names one time of firing
 * @param labels what rules go by
 * @param annotations for people
 */
public record Alert(
        Source source,
        String fingerprint,
        boolean firing,
        Instant startsAt,
        Map<String, String> labels,
        Map<String, String> annotations) {
    private static final int LONGEST_TEXT = 1000;

    public Alert {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** Who sent it. */
    public enum Source {
        ALERTMANAGER,
        GRAFANA
    }

    /** What was done. */
    public enum Outcome {
        ROLLED_BACK,
        PAUSED,
        NOTIFIED,
        /** It called for a rollback that would lose data: somebody was told instead. */
        REFUSED,
        IGNORED
    }

    /** Why that was done, and not more; a label of a metric, so there are not many. */
    public enum Reason {
        ACTED,
        RESOLVED,
        NO_RULE,
        NO_DATA,
        TOO_OLD,
        FROM_THE_FUTURE,
        NO_FLAG,
        UNKNOWN_FLAG,
        OUT_OF_REACH,
        LATCHED,
        NOBODY_ON_NEW_SIDE,
        NOT_INCREASED,
        OLD_SIDE,
        NO_SIDE,
        COOLING_DOWN,
        SEEN_BEFORE,
        NO_ROLLOUT,
        PAUSED_ALREADY,
        CANNOT_GO_BACK,
        /** While it is being decided. */
        UNDECIDED
    }

    /** @param because for people */
    public record Ruling(Outcome outcome, Reason reason, String because) {
        public static Ruling ignored(Reason reason, String because) {
            return new Ruling(Outcome.IGNORED, reason, because);
        }

        public boolean acted() {
            return outcome != Outcome.IGNORED;
        }
    }

    /** With texts as long as people read them. Rules are held against the whole of a label. */
    public Alert shortened() {
        return new Alert(source, fingerprint, firing, startsAt, shortened(labels), shortened(annotations));
    }

    private static Map<String, String> shortened(Map<String, String> texts) {
        Map<String, String> kept = new HashMap<>();
        texts.forEach((name, text) ->
                kept.put(name, text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text));
        return kept;
    }

    /** What people call it; empty when it has no name. */
    public String name() {
        return labels.getOrDefault("alertname", "");
    }
}
