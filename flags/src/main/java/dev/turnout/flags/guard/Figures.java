package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a look comes to, without the units themselves: all that is decided by, small enough to be kept with each decision.
 * Immutable.
 *
 * @param old of the old side since the weight last changed
 * @param fresh of the new side, likewise
 * @param weighed by metric, at the last look; a metric is missing until there was one
 */
public record Figures(Ground ground, Tally old, Tally fresh, Map<Metric, Weighed> weighed) {
    private static final int LEAST_HIT = 5;
    private static final int LEAST_EXPOSED = 20;
    private static final int HARD_STOP = 10;

    public Figures {
        Map<Metric, Weighed> copy = new EnumMap<>(Metric.class);
        copy.putAll(weighed);
        weighed = Collections.unmodifiableMap(copy);
    }

    /**
     * Units of one side.
     *
     * @param exposed that called at all
     * @param hit those of them that a metric speaks of
     */
    public record Tally(int exposed, Map<Metric, Integer> hit) {
        public Tally {
            Map<Metric, Integer> copy = new EnumMap<>(Metric.class);
            copy.putAll(hit);
            hit = Collections.unmodifiableMap(copy);
        }

        static Tally of(Seen seen) {
            Map<Metric, Integer> hit = new EnumMap<>(Metric.class);
            for (Metric metric : Metric.values()) {
                hit.put(metric, seen.hit(metric).count());
            }
            return new Tally(seen.exposed().count(), hit);
        }

        public int hit(Metric metric) {
            return hit.getOrDefault(metric, 0);
        }
    }

    /** Whether so few units are left on the old side that it is no control: at 100 % without a holdback. */
    static boolean alone(int oldExposed, int newExposed) {
        return 100L * oldExposed < newExposed;
    }

    public double evidence(Metric metric) {
        Weighed last = weighed.get(metric);
        return last == null ? 0 : last.after().evidence();
    }

    /** The strongest of all metrics'. */
    public double evidence() {
        double most = 0;
        for (Metric metric : Metric.values()) {
            most = Math.max(most, evidence(metric));
        }
        return most;
    }

    /** Whether nothing is even suspected. */
    public boolean calm() {
        return evidence() < Watch.CALM;
    }

    /**
     * Units of the new side are hit and there is nothing to hold them against: neither an old side nor a past of it. Then
     * nobody can say that it is well.
     */
    public Optional<Metric> incomparable() {
        if (!alone(old.exposed(), fresh.exposed())) {
            return Optional.empty();
        }
        return weighed.entrySet().stream()
                .filter(metric -> metric.getValue().controlled() && fresh.hit(metric.getKey()) > 0)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    public SplitCheck split(Weight weight) {
        return SplitCheck.of(weight, old.exposed(), fresh.exposed());
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
        int exposed = fresh.exposed();
        int oldFailed = old.hit(Metric.FAILURES);
        boolean oldFailsToo = old.exposed() > 0 && 2 * oldFailed >= old.exposed();
        if (exposed < HARD_STOP || fresh.hit(Metric.FAILURES) < exposed || oldFailsToo) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                "hard stop",
                Metric.FAILURES,
                exposed,
                HARD_STOP,
                old.exposed() > 0,
                "each of the first " + exposed + " units on the new side failed; on the old side " + oldFailed + " of "
                        + old.exposed()));
    }

    private Optional<Alarm> detected(Metric metric) {
        Weighed last = weighed.get(metric);
        int hit = fresh.hit(metric);
        if (last == null
                || last.after().evidence() <= Watch.LIMIT
                || hit < LEAST_HIT
                || fresh.exposed() < LEAST_EXPOSED) {
            return Optional.empty();
        }
        return Optional.of(new Alarm(
                "e-detector",
                metric,
                last.after().evidence(),
                Watch.LIMIT,
                last.controlled(),
                hit + " of " + fresh.exposed() + " units on the new side " + metric.verb() + than(metric, last)));
    }

    private String than(Metric metric, Weighed last) {
        return last.controlled()
                ? ", on the old side " + old.hit(metric) + " of " + old.exposed() + ": more than the old side explains"
                : String.format(
                        Locale.ROOT,
                        ", where %.3g%% at a look are allowed: more than was ever normal (uncontrolled: there is no old"
                                + " side to compare with)",
                        100 * last.allowed());
    }
}
