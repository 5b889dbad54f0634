package dev.turnout.flags.guard;

import dev.turnout.flags.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A seeded crowd of callers, looked at every 5 s: the load that the guard was tuned with. */
final class Crowd {
    static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    static final Duration LOOK = Duration.ofSeconds(5);

    private final Random random;
    private final int callsPerLook;
    private Weight weight;
    private Watch watch = Watch.from(START);
    private Instant now = START;
    private long version;

    Crowd(long seed, int callsPerSecond, int weight) {
        this.random = new Random(seed);
        this.callsPerLook = callsPerSecond * 5;
        this.weight = new Weight(weight);
    }

    /** Lets 5 s pass with these shares of failing calls. */
    Watch look(double oldRate, double newRate) {
        List<Integer> oldUnits = new ArrayList<>();
        List<Integer> oldFailed = new ArrayList<>();
        List<Integer> newUnits = new ArrayList<>();
        List<Integer> newFailed = new ArrayList<>();
        for (int i = 0; i < callsPerLook; i++) {
            int bucket = random.nextInt(Weight.WHOLE);
            boolean isNew = bucket < weight.hundredThousandths();
            (isNew ? newUnits : oldUnits).add(bucket);
            if (random.nextDouble() < (isNew ? newRate : oldRate)) {
                (isNew ? newFailed : oldFailed).add(bucket);
            }
        }
        return look(outcomes(oldUnits, oldFailed), outcomes(newUnits, newFailed));
    }

    Watch look(Outcomes oldSide, Outcomes newSide) {
        now = now.plus(LOOK);
        watch = watch.after(now, oldSide, newSide);
        return watch;
    }

    /** Looks until the alarm, or until so many looks have passed. */
    int looksUntilAlarm(double oldRate, double newRate, int atMost) {
        for (int look = 1; look <= atMost; look++) {
            if (look(oldRate, newRate).alarm().isPresent()) {
                return look;
            }
        }
        return Integer.MAX_VALUE;
    }

    void moveTo(Weight weight) {
        this.weight = weight;
        watch = watch.on(weight.toString(), ++version);
    }

    Weight weight() {
        return weight;
    }

    Watch watch() {
        return watch;
    }

    static Outcomes outcomes(List<Integer> exposed, List<Integer> failed) {
        return new Outcomes(Units.of(exposed), Units.of(failed), Units.NONE, Units.NONE);
    }
}
