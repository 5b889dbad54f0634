package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.RejectedLimit;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the other server current beside whatever a phase does: carries the changes of the side that has the authority, and
 * once the rollout is complete gives the authority to the new side. Never done. Not thread-safe: one lane per object.
 */
public final class DualWrite implements PhaseWork {
    private static final Duration REST = Duration.ofMillis(50);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final Applier forward = new Applier(Side.OLD);
    private final Applier backward = new Applier(Side.NEW);
    private final Optional<Flip> flip;
    private long flipAgainNanos = System.nanoTime();

    private DualWrite(Optional<Flip> flip) {
        this.flip = flip;
    }

    /** While the old side has the authority, or either. */
    public static DualWrite carrying() {
        return new DualWrite(Optional.empty());
    }

    /** And gives it to the new side where there is a way back. */
    public static DualWrite flipping(Duration longest) {
        return new DualWrite(Optional.of(new Flip(Side.NEW, longest)));
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        Side authority = Flip.authority(site);
        // The old side keeps the moves that have no way back, and feeds the others.
        Stride there = forward.stride(site);
        Stride back = authority == Side.OLD ? there : backward.stride(site);
        Stride stride = back instanceof Stride.Again ? back : there;
        if (stride instanceof Stride.Again || flip.isEmpty() || !Flip.reversible(site)) {
            return stride;
        }
        if (System.nanoTime() - flipAgainNanos < 0) {
            return new Stride.Wait(REST, stride.because());
        }
        // A flip that has begun ends by itself.
        boolean begins = authority == Side.OLD && !Doors.closed(site, Side.OLD);
        List<String> beyond = begins ? RejectedLimit.beyond(site) : List.of();
        if (!beyond.isEmpty()) {
            // Their new rows are older than the old ones: whoever went on from them would bring that back.
            flipAgainNanos = System.nanoTime() + BETWEEN_LOOKS.toNanos();
            return new Stride.Wait(REST, "the writes stay on the old side: " + String.join("; ", beyond));
        }
        Stride flipped = flip.get().stride(site);
        if (flipped instanceof Stride.Wait wait) {
            flipAgainNanos = System.nanoTime() + wait.pause().toNanos();
            return new Stride.Wait(REST.compareTo(wait.pause()) < 0 ? REST : wait.pause(), wait.because());
        }
        return flipped instanceof Stride.Again ? flipped : new Stride.Wait(REST, flipped.because());
    }
}
