package dev.turnout.worker.run;

import dev.turnout.worker.backfill.RejectedLimit;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.remote.SecondChance;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Work that goes on only while no more rows are put aside than the spec allows: triggers and appliers put rows aside in
 * every phase. When there are too many they are tried once more, since somebody may have mended them; then the phase stops.
 * Thread-safe as far as the work is.
 */
final class WithinLimit implements PhaseWork {
    private static final long BETWEEN_LOOKS_NANOS = Duration.ofSeconds(2).toNanos();
    private static final Duration WHILE_TRIED_AGAIN = Duration.ofMillis(200);

    private final PhaseWork work;
    private boolean looked;
    private long lookedNanos;
    private boolean triedAgain;
    private long triedNanos;

    WithinLimit(PhaseWork work) {
        this.work = work;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        if (due(System.nanoTime())) {
            Optional<Stride> tooMany = tooMany(site);
            if (tooMany.isPresent()) {
                return tooMany.get();
            }
        }
        Stride stride = work.stride(site);
        if (stride instanceof Stride.Done) {
            // What was put aside since the last look must not slip into the next phase.
            return tooMany(site).orElse(stride);
        }
        return stride;
    }

    private synchronized Optional<Stride> tooMany(Site site) throws SQLException {
        Optional<Stride> stop = RejectedLimit.stop(site);
        looked = stop.isEmpty();
        lookedNanos = System.nanoTime();
        if (stop.isEmpty()) {
            triedAgain = false;
            return stop;
        }
        if (!triedAgain) {
            triedAgain = true;
            triedNanos = System.nanoTime();
            SecondTry.ofAll(site);
            SecondChance.ofAll(site);
            return Optional.of(waiting(stop.get()));
        }
        if (SecondChance.underWay(site, Duration.ofNanos(System.nanoTime() - triedNanos))) {
            return Optional.of(waiting(stop.get()));
        }
        triedAgain = false;
        return stop;
    }

    private static Stride waiting(Stride tooMany) {
        return new Stride.Wait(WHILE_TRIED_AGAIN, tooMany.because() + ": they are tried again");
    }

    private synchronized boolean due(long nowNanos) {
        return !looked || nowNanos - lookedNanos > BETWEEN_LOOKS_NANOS;
    }
}
