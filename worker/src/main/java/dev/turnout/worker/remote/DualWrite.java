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
 * once the rollout is complete gives the authority to the new side. Never done; it waits for what the flip waits for, and
 * rests while there is nothing to carry. Not thread-safe: one lane per object.
 */
public final class DualWrite implements PhaseWork {
    private static final Duration REST = Duration.ofMillis(50);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final Applier forward = new Applier(Side.OLD);
    private final Applier backward = new Applier(Side.NEW);
    private final Optional<Flip> flip;
    private long flipAgainNanos = System.nanoTime();
    /** Why the flip has not been made; empty: nothing stands in its way. */
    private String because = "";

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
        boolean flips = flip.isPresent() && Flip.reversible(site);
        boolean closed = flips && authority == Side.OLD && Doors.closed(site, Side.OLD);
        // Then the flip carries, and knows for how long that may fail.
        Stride carried = closed ? new Stride.Rest(REST, "the flip carries what is left") : carried(site, authority);
        Duration rest = REST;
        if (flips && System.nanoTime() - flipAgainNanos >= 0) {
            Stride flipped = flipping(site, flip.orElseThrow(), authority == Side.OLD && !closed);
            if (flipped instanceof Stride.Again) {
                return flipped;
            }
            Duration pause = flipped instanceof Stride.Wait wait ? wait.pause() : REST;
            because = flipped instanceof Stride.Wait ? flipped.because() : "";
            flipAgainNanos = System.nanoTime() + pause.toNanos();
            rest = REST.compareTo(pause) < 0 ? REST : pause;
        }
        boolean more = carried instanceof Stride.Again;
        if (!because.isEmpty()) {
            // Changes are carried meanwhile, and what the flip waits for is said again.
            return new Stride.Wait(more ? Duration.ZERO : rest, because);
        }
        return more ? carried : new Stride.Rest(rest, carried.because());
    }

    private Stride carried(Site site, Side authority) throws SQLException {
        // The old side keeps the moves that have no way back, and feeds the others.
        Stride there = forward.stride(site);
        Stride back = authority == Side.OLD ? there : backward.stride(site);
        return back instanceof Stride.Again ? back : there;
    }

    /** A flip that has begun ends by itself, however many changes there are to carry. */
    private static Stride flipping(Site site, Flip flip, boolean begins) throws SQLException {
        if (!begins) {
            return flip.stride(site);
        }
        List<String> beyond = RejectedLimit.beyond(site);
        if (!beyond.isEmpty()) {
            // Their new rows are older than the old ones: whoever went on from them would bring that back.
            return flip.stay(site, BETWEEN_LOOKS, "the writes stay on the old side: " + String.join("; ", beyond));
        }
        return Delay.isNear(site, Side.OLD)
                ? flip.stride(site)
                : flip.stay(site, REST, "the writes stay on the old side until the new one has caught up");
    }
}
