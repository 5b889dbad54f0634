package dev.turnout.bench;

import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.Effort;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import java.time.Clock;
import java.time.Duration;

/** The engine's work with its usual settings. */
final class Work {
    static final Duration BATCH = Duration.ofMillis(50);

    private Work() {}

    static Backfill backfill(int lanes) {
        return new Backfill(
                new Gauge(Throttle.DEFAULT, () -> Tuning.NONE, Clock.systemUTC()), () -> new Effort(BATCH, lanes));
    }
}
