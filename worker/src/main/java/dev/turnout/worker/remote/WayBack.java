package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The end of the flow between two servers, on the way back or before the contract: the side that is to remain gets the
 * authority, with every change of the other, and the triggers of both go away, but for those that shut the other side: who
 * writes there now is refused until it is taken down. Harmless when repeated.
 */
public final class WayBack implements PhaseWork {
    private final Side remaining;
    private final Flip flip;
    private final DualWrite rest = DualWrite.carrying();
    private final Applier lastOfOld = new Applier(Side.OLD);
    /** Since when the rows that are put aside have their second chance. */
    private Optional<Long> triedAgainNanos = Optional.empty();

    private WayBack(Side remaining, Duration longest) {
        this.remaining = remaining;
        this.flip = new Flip(remaining, longest, site -> Aside.words(site, other()));
    }

    /** The old side remains: without a flip it has the authority still, and nothing needs to be carried. */
    public static WayBack toOld(Duration longest) {
        return new WayBack(Side.OLD, longest);
    }

    /** The new side remains. There is no way back from here. */
    public static WayBack toNew(Duration longest) {
        return new WayBack(Side.NEW, longest);
    }

    /** Opens what stands of a side that did not remain, once everything has been taken down that goes. */
    public static PhaseWork opening(Side side) {
        return site -> {
            try {
                Doors.open(site, side);
            } catch (SQLException e) {
                return Blocked.instead(
                        site.database(side),
                        "opening what is left on " + site.database(side).name(),
                        e);
            }
            return new Stride.Done("the run is at its end on both servers");
        };
    }

    private Side other() {
        return remaining == Side.OLD ? Side.NEW : Side.OLD;
    }

    /** What has ended the way back; empty: there is one. */
    public static Optional<String> pointOfNoReturn(Site site) throws SQLException {
        boolean ended = !Route.forward(site.spec()).isEmpty()
                && Flip.authority(site) == Side.NEW
                && !ChangelogTriggers.any(site);
        return ended ? Optional.of("the end of the flow between the servers") : Optional.empty();
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        if (Route.forward(site.spec()).isEmpty()) {
            return new Stride.Done("there is no flow between two servers");
        }
        if (ChangelogTriggers.any(site)) {
            Stride stride = Flip.authority(site) == remaining ? flip.stride(site) : giving(site);
            if (!(stride instanceof Stride.Done)) {
                return stride;
            }
            Optional<Stride> left = remaining == Side.NEW ? emptied(site) : Optional.empty();
            if (left.isPresent()) {
                return left.get();
            }
            Optional<Stride> taken = remaining == Side.NEW ? taken(site) : Optional.empty();
            if (taken.isPresent()) {
                return taken.get();
            }
            try {
                // First where nobody may write, then where everybody does: what is written in between is not carried,
                // and not missed.
                ChangelogTriggers.silence(site, other());
                ChangelogTriggers.remove(site, remaining);
            } catch (SQLException e) {
                return Blocked.instead(site.database(remaining), "removing the triggers between the servers", e);
            }
            return new Stride.Again("the flow between the servers has ended", Progress.of(1, 1, "steps"));
        }
        if (Flip.authority(site) != remaining) {
            return new Stride.Stop(
                    "there is no way back any more",
                    List.of("the flow between the servers has ended, and the new side alone is current"),
                    "resume the contract; what is lost comes from the backup alone");
        }
        return new Stride.Done("there is no flow between the servers any more");
    }

    private Stride giving(Site site) throws SQLException {
        if (putAside(site).isPresent()) {
            // The drain may have put them aside; to mend them takes an operator, and until then applications write.
            flip.letWrite(site);
            // Somebody may have mended them, or the other side has followed by now.
            if (triedAgainNanos.isEmpty()) {
                SecondChance.ofAll(site);
                triedAgainNanos = Optional.of(System.nanoTime());
            }
            Stride carried = rest.stride(site);
            if (carried instanceof Stride.Again && left(site, triedAgainNanos.get())) {
                return carried;
            }
            triedAgainNanos = Optional.empty();
        }
        Optional<Stride> put = putAside(site);
        return put.isPresent() ? put.get() : flip.stride(site);
    }

    /** What is written all the while never ends; what had been named by then does. */
    private boolean left(Site site, long nanos) throws SQLException {
        return site.database(other())
                .transaction(
                        Limits.BOOKKEEPING,
                        connection -> Changelog.left(
                                connection,
                                site,
                                Route.movable(site.spec()),
                                Duration.ofNanos(System.nanoTime() - nanos)));
    }

    private Optional<Stride> putAside(Site site) throws SQLException {
        List<String> put = Aside.words(site, other());
        return put.isEmpty()
                ? Optional.empty()
                : Optional.of(new Stride.Stop(
                        "rows that are put aside would be lost with the side that they are on",
                        put,
                        "mend them, and try again"));
    }

    /** What keeps the tables that only the old side has written from numbering rows by themselves; empty: nothing. */
    private static Optional<Stride> taken(Site site) throws SQLException {
        List<Route> routes = Route.forward(site.spec()).stream()
                .filter(route -> route.back().isEmpty())
                .toList();
        try {
            List<String> taken = Numbers.free(site, Side.NEW, routes);
            return taken.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Stride.Stop(
                            "new rows would get numbers that rows have already",
                            taken,
                            "raise the end of the sequence (ALTER SEQUENCE … MAXVALUE …), then resume"));
        } catch (SQLException e) {
            return Optional.of(Blocked.instead(site.database(Side.NEW), "moving what numbers the new rows", e));
        }
    }

    /**
     * The old side's last word, of the moves that it has kept until now. Empty: all of it is carried. What the new side
     * writes meanwhile is not carried back any more: it never ends, and the old side does.
     */
    private Optional<Stride> emptied(Site site) throws SQLException {
        if (!Doors.closedForGood(site)) {
            try {
                Doors.closeForGood(site);
            } catch (SQLException e) {
                return Optional.of(Blocked.instead(site.database(Side.OLD), "closing the old side to writes", e));
            }
        }
        Stride carried = lastOfOld.stride(site);
        if (carried instanceof Stride.Again) {
            return Optional.of(carried);
        }
        boolean empty = site.database(Side.OLD)
                .transaction(
                        Limits.BOOKKEEPING, connection -> Changelog.lag(connection, site, Route.forward(site.spec())))
                .isEmpty();
        return empty ? putAside(site) : Optional.of(carried);
    }
}
