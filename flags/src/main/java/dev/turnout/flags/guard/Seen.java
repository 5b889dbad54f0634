package dev.turnout.flags.guard;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What is remembered of one side.
 *
 * @param exposed units since the weight last changed
 * @param hit units since the weight last changed, by what hit them
 * @param thisHour units hit in the current hour: each counts once per hour, so that one unit that fails for ever does
 *     not look like a failing release
 */
public record Seen(Units exposed, Map<Metric, Units> hit, Map<Metric, Units> thisHour) {
    static final Seen NOTHING = new Seen(Units.NONE, Map.of(), Map.of());

    public Seen {
        hit = copy(hit);
        thisHour = copy(thisHour);
    }

    Units hit(Metric metric) {
        return hit.getOrDefault(metric, Units.NONE);
    }

    Units thisHour(Metric metric) {
        return thisHour.getOrDefault(metric, Units.NONE);
    }

    Seen inNewHour() {
        return new Seen(exposed, hit, Map.of());
    }

    Seen and(Outcomes outcomes) {
        Map<Metric, Units> moreHit = new EnumMap<>(Metric.class);
        Map<Metric, Units> moreThisHour = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            moreHit.put(metric, hit(metric).and(outcomes.of(metric)));
            moreThisHour.put(metric, thisHour(metric).and(outcomes.of(metric)));
        }
        return new Seen(exposed.and(outcomes.exposed()), moreHit, moreThisHour);
    }

    /** The weight has changed; the hour goes on. */
    Seen afresh() {
        return new Seen(Units.NONE, Map.of(), thisHour);
    }

    private static Map<Metric, Units> copy(Map<Metric, Units> map) {
        Map<Metric, Units> copy = new EnumMap<>(Metric.class);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }
}
