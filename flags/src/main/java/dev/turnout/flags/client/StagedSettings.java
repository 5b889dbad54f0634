package dev.turnout.flags.client;

import dev.turnout.flags.Weight;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a staged store behaves. Immutable.
 *
 * @param sampling the share of reads that are compared where the stage compares
 * @param shadowBudget how long a read of the other side may take
 * @param shadowThreads how many such reads run at once; more are skipped
 * @param slowAfter a call of the authority that takes longer is reported as slow
 * @param longestHold how long a write waits while its unit changes sides
 * @param strict what to do while the server cannot be reached: true holds writes that go to two sides, false lets them go
 * @param lagging told of each write that only the authority took; must not block
 */
public record StagedSettings(
        Weight sampling,
        Duration shadowBudget,
        int shadowThreads,
        Duration slowAfter,
        Duration longestHold,
        boolean strict,
        Consumer<Lag> lagging) {

    /** Compares every read for 100 ms at most on two threads; slow after a second; holds a write for five; not strict. */
    public static final StagedSettings USUAL = new StagedSettings(
            Weight.ALL, Duration.ofMillis(100), 2, Duration.ofSeconds(1), Duration.ofSeconds(5), false, lag -> {});

    public StagedSettings withSampling(Weight share) {
        return new StagedSettings(share, shadowBudget, shadowThreads, slowAfter, longestHold, strict, lagging);
    }

    public StagedSettings withShadowBudget(Duration budget) {
        return new StagedSettings(sampling, budget, shadowThreads, slowAfter, longestHold, strict, lagging);
    }

    public StagedSettings withSlowAfter(Duration limit) {
        return new StagedSettings(sampling, shadowBudget, shadowThreads, limit, longestHold, strict, lagging);
    }

    public StagedSettings withLongestHold(Duration hold) {
        return new StagedSettings(sampling, shadowBudget, shadowThreads, slowAfter, hold, strict, lagging);
    }

    public StagedSettings withStrict() {
        return new StagedSettings(sampling, shadowBudget, shadowThreads, slowAfter, longestHold, true, lagging);
    }

    public StagedSettings withLagging(Consumer<Lag> listener) {
        return new StagedSettings(sampling, shadowBudget, shadowThreads, slowAfter, longestHold, strict, listener);
    }
}
