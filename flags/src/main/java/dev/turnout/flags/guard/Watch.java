package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that the guard of one flag remembers between two looks: a value, so that it survives restarts and moves between
 * servers. Immutable and thread-safe.
 *
 * @param ground what the counts since the last change belong to
 * @param hour business hour that {@link Seen#thisHour} belongs to
 * @param weighed the last look by metric, since the weight last changed
 * @param oldRates of the old side since the weight last changed, by metric
 * @param baselines rates of the old side before that: what is compared with when nobody is left on it
 */
public record Watch(
        Ground ground,
        Instant hour,
        Seen old,
        Seen fresh,
        Map<Metric, Weighed> weighed,
        Map<Metric, Rate> oldRates,
        Map<Metric, Rate> baselines) {
    /** Looks between two false alarms, at least: 58 days at one look in 5 s. */
    public static final double LIMIT = 1e6;
    /** Above this a rollout does not go on, although it does not go back either. Healthy flags stay below it. */
    public static final double CALM = 1e3;

    /** Share of units whose shadow reads may differ. */
    private static final double ALLOWED_MISMATCHES = 0.001;

    public Watch {
        weighed = copy(weighed);
        oldRates = copy(oldRates);
        baselines = copy(baselines);
    }

    public static Watch from(Instant now) {
        return new Watch(Ground.NONE, hourOf(now), Seen.NOTHING, Seen.NOTHING, Map.of(), Map.of(), Map.of());
    }

    /**
     * Takes in what was reported since the last look. A clock that went back changes no hour: no unit counts twice for it.
     */
    public Watch after(Instant now, Outcomes oldSide, Outcomes newSide) {
        Instant current = hourOf(now).isAfter(hour) ? hourOf(now) : hour;
        boolean sameHour = current.equals(hour);
        Seen oldSeen = sameHour ? old : old.inNewHour();
        Seen newSeen = sameHour ? fresh : fresh.inNewHour();
        Map<Metric, Weighed> weighing = new EnumMap<>(Metric.class);
        Map<Metric, Rate> rates = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            Counts counts = count(metric, oldSeen, oldSide, newSeen, newSide);
            weighing.put(metric, Weighed.of(suspicion(metric), counts, allowed(metric)));
            rates.put(metric, oldRates.getOrDefault(metric, Rate.UNKNOWN).and(counts.oldAtRisk(), counts.oldHit()));
        }
        boolean heard = oldSide.exposed().count() + newSide.exposed().count() > 0;
        return new Watch(
                heard ? ground.heard(now) : ground,
                current,
                oldSeen.and(oldSide),
                newSeen.and(newSide),
                weighing,
                rates,
                baselines);
    }

    /**
     * Begins anew when the flag has taken another shape; keeps the old side's rates to compare with later.
     *
     * @param shape of the flag now: whatever decides who is on which side
     * @param version of the flag now
     */
    public Watch on(String shape, long version) {
        if (ground.shape().equals(shape)) {
            return this;
        }
        Map<Metric, Rate> kept = new EnumMap<>(Metric.class);
        kept.putAll(baselines);
        oldRates.forEach((metric, rate) -> {
            if (rate.known()) {
                kept.put(metric, rate);
            }
        });
        return new Watch(
                new Ground(shape, version, Optional.empty()),
                hour,
                old.afresh(),
                fresh.afresh(),
                Map.of(),
                Map.of(),
                kept);
    }

    /** What is decided by. */
    public Figures figures() {
        return new Figures(ground, Figures.Tally.of(old), Figures.Tally.of(fresh), weighed);
    }

    public double evidence(Metric metric) {
        return suspicion(metric).evidence();
    }

    /** Whether nothing is even suspected. */
    public boolean calm() {
        return figures().calm();
    }

    public SplitCheck split(Weight weight) {
        return figures().split(weight);
    }

    /** The reason to go back at once, if there is one. */
    public Optional<Alarm> alarm() {
        return figures().alarm();
    }

    private Suspicion suspicion(Metric metric) {
        Weighed last = weighed.get(metric);
        return last == null ? Suspicion.NONE : last.after();
    }

    /** The rate to hold the new side against; 0 while there is an old side to compare with, or nothing is known. */
    private double allowed(Metric metric) {
        if (metric == Metric.MISMATCHES) {
            return ALLOWED_MISMATCHES;
        }
        Rate baseline = baselines.getOrDefault(metric, Rate.UNKNOWN);
        return Figures.alone(old.exposed().count(), fresh.exposed().count()) && baseline.known()
                ? Suspicion.TOLERATED * baseline.upperBound()
                : 0;
    }

    private static Counts count(Metric metric, Seen oldSeen, Outcomes oldSide, Seen newSeen, Outcomes newSide) {
        Units oldBefore = oldSeen.thisHour(metric);
        Units newBefore = newSeen.thisHour(metric);
        return new Counts(
                oldSide.exposed().countWithout(oldBefore),
                oldSide.of(metric).countWithout(oldBefore),
                newSide.exposed().countWithout(newBefore),
                newSide.of(metric).countWithout(newBefore));
    }

    private static <V> Map<Metric, V> copy(Map<Metric, V> map) {
        Map<Metric, V> copy = new EnumMap<>(Metric.class);
        copy.putAll(map);
        return Collections.unmodifiableMap(copy);
    }

    private static Instant hourOf(Instant now) {
        return now.truncatedTo(ChronoUnit.HOURS);
    }
}
