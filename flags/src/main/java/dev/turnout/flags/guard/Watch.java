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
 * @param suspicions by metric, since the weight last changed
 * @param oldRates of the old side since the weight last changed, by metric
 * @param baselines rates of the old side before that: what is compared with when nobody is left on it
 */
public record Watch(
        Ground ground,
        Instant hour,
        Seen old,
        Seen fresh,
        Map<Metric, Suspicion> suspicions,
        Map<Metric, Rate> oldRates,
        Map<Metric, Rate> baselines) {
    /** Looks between two false alarms, at least: 58 days at one look in 5 s. */
    public static final double LIMIT = 1e6;
    /** Above this a rollout does not go on, although it does not go back either. Healthy flags stay below it. */
    public static final double CALM = 1e3;

    private static final int LEAST_FAILED = 5;
    private static final int LEAST_EXPOSED = 20;
    private static final int HARD_STOP = 10;
    /** Share of units whose shadow reads may differ. */
    private static final double ALLOWED_MISMATCHES = 0.001;

    public Watch {
        suspicions = copy(suspicions);
        oldRates = copy(oldRates);
        baselines = copy(baselines);
    }

    public static Watch from(Instant now) {
        return new Watch(Ground.NONE, hourOf(now), Seen.NOTHING, Seen.NOTHING, Map.of(), Map.of(), Map.of());
    }

    /** Takes in what was reported since the last look. */
    public Watch after(Instant now, Outcomes oldSide, Outcomes newSide) {
        Instant current = hourOf(now);
        boolean sameHour = current.equals(hour);
        Seen oldSeen = sameHour ? old : old.inNewHour();
        Seen newSeen = sameHour ? fresh : fresh.inNewHour();
        Map<Metric, Suspicion> suspected = new EnumMap<>(Metric.class);
        Map<Metric, Rate> rates = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            Counts counts = count(metric, oldSeen, oldSide, newSeen, newSide);
            suspected.put(metric, weigh(metric, counts));
            rates.put(metric, oldRates.getOrDefault(metric, Rate.UNKNOWN).and(counts.oldAtRisk(), counts.oldHit()));
        }
        boolean heard = oldSide.exposed().count() + newSide.exposed().count() > 0;
        return new Watch(
                heard ? ground.heard(now) : ground,
                current,
                oldSeen.and(oldSide),
                newSeen.and(newSide),
                suspected,
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

    public double evidence(Metric metric) {
        return suspicions.getOrDefault(metric, Suspicion.NONE).evidence();
    }

    /** Whether nothing is even suspected. */
    public boolean calm() {
        return suspicions.values().stream().allMatch(suspicion -> suspicion.evidence() < CALM);
    }

    public SplitCheck split(Weight weight) {
        return SplitCheck.of(weight, old.exposed().count(), fresh.exposed().count());
    }

    /** The reason to go back at once, if there is one. */
    public Optional<Alarm> alarm() {
        return hardStop().or(() -> {
            for (Metric metric : Metric.values()) {
                Optional<Alarm> alarm = detected(metric);
                if (alarm.isPresent()) {
                    return alarm;
                }
            }
            return Optional.empty();
        });
    }

    /** The first ten units all failed: too few for statistics, too many for chance. */
    private Optional<Alarm> hardStop() {
        int exposed = fresh.exposed().count();
        int oldExposed = old.exposed().count();
        boolean oldFailsToo = oldExposed > 0 && 2 * old.hit(Metric.FAILURES).count() >= oldExposed;
        if (exposed < HARD_STOP || fresh.hit(Metric.FAILURES).count() < exposed || oldFailsToo) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                "hard stop",
                Metric.FAILURES,
                exposed,
                HARD_STOP,
                oldExposed > 0,
                "each of the first " + exposed + " units on the new side failed; on the old side "
                        + old.hit(Metric.FAILURES).count() + " of " + oldExposed));
    }

    private Optional<Alarm> detected(Metric metric) {
        double evidence = evidence(metric);
        int hit = fresh.hit(metric).count();
        if (evidence <= LIMIT || hit < LEAST_FAILED || fresh.exposed().count() < LEAST_EXPOSED) {
            return Optional.empty();
        }
        boolean controlled = metric != Metric.MISMATCHES && !alone();
        return Optional.of(new Alarm(
                "e-detector",
                metric,
                evidence,
                LIMIT,
                controlled,
                hit + " of " + fresh.exposed().count() + " units on the new side " + metric.verb()
                        + (controlled ? ", more than the old side explains" : ", more than was ever normal")));
    }

    private Suspicion weigh(Metric metric, Counts counts) {
        Suspicion before = suspicions.getOrDefault(metric, Suspicion.NONE);
        if (metric == Metric.MISMATCHES) {
            return before.afterComparing(ALLOWED_MISMATCHES, counts.newAtRisk(), counts.newHit());
        }
        Rate baseline = baselines.getOrDefault(metric, Rate.UNKNOWN);
        return alone() && baseline.known()
                ? before.afterComparing(
                        Suspicion.TOLERATED * baseline.upperBound(), counts.newAtRisk(), counts.newHit())
                : before.afterComparing(counts);
    }

    /** Whether too few units are left on the old side to compare with: at 100 %. */
    private boolean alone() {
        return 100L * old.exposed().count() < fresh.exposed().count();
    }

    private static Counts count(Metric metric, Seen oldSeen, Outcomes oldSide, Seen newSeen, Outcomes newSide) {
        Units oldBefore = oldSeen.thisHour(metric);
        Units newBefore = newSeen.thisHour(metric);
        return new Counts(
                oldSide.exposed().without(oldBefore).count(),
                oldSide.of(metric).without(oldBefore).count(),
                newSide.exposed().without(newBefore).count(),
                newSide.of(metric).without(newBefore).count());
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
