package dev.turnout.bench.guard;

import dev.turnout.bench.guard.Look.Calls;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.guard.Units;
import java.util.BitSet;
import java.util.SplittableRandom;

/** Seeded callers of one flag, five seconds at a time. For one thread. */
final class Traffic {
    static final int LOOK_SECONDS = 5;

    /** How failures come. */
    enum Kind {
        /** Each call fails for itself. */
        INDEPENDENT,
        /** A unit that fails calls again, and fails again: five times on average. */
        RETRIES,
        /** Something of one side stumbles, and {@link #AT_ONCE} units on it fail at once. */
        STUMBLES
    }

    /** @param bystander whether one unit of the new side fails every five seconds, for ever */
    record Habits(int callsPerSecond, Weight weight, Kind kind, boolean bystander) {}

    private static final int AT_ONCE = 5;

    private final SplittableRandom random;
    private final Habits habits;
    private final BitSet oldExposed = new BitSet(Weight.WHOLE);
    private final BitSet newExposed = new BitSet(Weight.WHOLE);
    private final BitSet oldFailed = new BitSet(Weight.WHOLE);
    private final BitSet newFailed = new BitSet(Weight.WHOLE);
    private final int bystander;
    private int oldCalls;
    private int newCalls;
    private int oldFailures;
    private int newFailures;

    Traffic(long seed, Habits habits) {
        this.random = new SplittableRandom(seed);
        this.habits = habits;
        this.bystander = random.nextInt(habits.weight().hundredThousandths());
    }

    /** The next five seconds, at these shares of failing calls. */
    Look next(double oldRate, double newRate) {
        oldExposed.clear();
        newExposed.clear();
        oldFailed.clear();
        newFailed.clear();
        oldCalls = 0;
        newCalls = 0;
        oldFailures = 0;
        newFailures = 0;
        if (habits.kind() == Kind.STUMBLES) {
            stumble(oldRate, newRate);
        } else {
            call(oldRate, newRate);
        }
        if (habits.bystander()) {
            one(bystander, true);
        }
        return new Look(
                new Outcomes(Units.of(oldExposed), Units.of(oldFailed), Units.NONE, Units.NONE),
                new Outcomes(Units.of(newExposed), Units.of(newFailed), Units.NONE, Units.NONE),
                new Calls(oldCalls, oldFailures),
                new Calls(newCalls, newFailures));
    }

    private void call(double oldRate, double newRate) {
        int repeats = habits.kind() == Kind.RETRIES ? AT_ONCE : 1;
        double most = Math.max(oldRate, newRate) / repeats;
        int calls = habits.callsPerSecond() * LOOK_SECONDS;
        int next = gap(most);
        for (int i = 0; i < calls; i++) {
            int unit = random.nextInt(Weight.WHOLE);
            boolean fails = i == next;
            if (fails) {
                next += 1 + gap(most);
                fails = random.nextDouble() * most * repeats < (isNew(unit) ? newRate : oldRate);
            }
            one(unit, fails);
            // As geometric as its mean allows.
            while (fails && repeats > 1 && random.nextInt(repeats) > 0) {
                one(unit, true);
            }
        }
    }

    /** How many calls go well before the next one that may fail. */
    private int gap(double rate) {
        double calls = rate > 0 ? Math.log(1 - random.nextDouble()) / Math.log1p(-Math.min(rate, 0.999_999)) : 1e9;
        return (int) Math.min(calls, 1e9);
    }

    /** As many failures as otherwise, {@link #AT_ONCE} at once. */
    private void stumble(double oldRate, double newRate) {
        int calls = habits.callsPerSecond() * LOOK_SECONDS;
        for (int i = 0; i < calls; i++) {
            one(random.nextInt(Weight.WHOLE), false);
        }
        double newShare = habits.weight().hundredThousandths() / (double) Weight.WHOLE;
        double often = calls * (newShare * newRate + (1 - newShare) * oldRate) / AT_ONCE;
        for (int i = 0; i < calls && random.nextDouble() < often - i; i++) {
            boolean onNew = random.nextDouble() < newShare;
            for (int unit = 0; unit < AT_ONCE; unit++) {
                int from = onNew ? 0 : habits.weight().hundredThousandths();
                int to = onNew ? habits.weight().hundredThousandths() : Weight.WHOLE;
                one(random.nextInt(from, to), true);
            }
        }
    }

    private boolean isNew(int unit) {
        return unit < habits.weight().hundredThousandths();
    }

    private void one(int unit, boolean fails) {
        if (isNew(unit)) {
            newCalls++;
            newExposed.set(unit);
            if (fails) {
                newFailures++;
                newFailed.set(unit);
            }
        } else {
            oldCalls++;
            oldExposed.set(unit);
            if (fails) {
                oldFailures++;
                oldFailed.set(unit);
            }
        }
    }
}
