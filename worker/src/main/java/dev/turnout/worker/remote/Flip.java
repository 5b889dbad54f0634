package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.RejectedLimit;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Gives the authority over the writes of those moves that have a way back from one side to the other: closes the side that
 * has it, drains its changelog, lets the other number its own rows behind what was carried, and opens it. Closing is a
 * trigger that refuses; making it waits for every transaction that has written, so what it finds in the changelog then is
 * all there will be. Each step is harmless when repeated and tells from the databases where it is, so a
 * process that dies anywhere is followed by one that goes on. Taken back when the drain does not end in time.
 */
public final class Flip {
    private static final Duration PAUSE = Duration.ofMillis(20);
    /** Before it is tried again, when the drain took too long. */
    private static final Duration BREATH = Duration.ofSeconds(30);
    /** Before it is looked again whether it may begin. */
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Side to;
    private final Duration longest;
    private final Lost lost;
    private final Applier applier;
    private Optional<Long> closedNanos = Optional.empty();
    /** Since when nothing is left of what was there at the closing, but for rows that it named. */
    private Optional<Long> resolvedNanos = Optional.empty();

    /**
     * @param to the side that is to have the authority
     * @param longest that applications are kept from writing
     */
    public Flip(Side to, Duration longest) {
        this(to, longest, RejectedLimit::beyond);
    }

    /** @param lost asked last, since the drain, too, may put rows aside */
    Flip(Side to, Duration longest, Lost lost) {
        this.to = to;
        this.longest = longest;
        this.lost = lost;
        this.applier = new Applier(from());
    }

    /** What must not be left behind on the side that gives the authority away; empty: nothing. */
    @FunctionalInterface
    interface Lost {
        List<String> in(Site site) throws SQLException;
    }

    private Side from() {
        return to == Side.OLD ? Side.NEW : Side.OLD;
    }

    /** The side whose writes count; the old one until it has been given away. */
    public static Side authority(Site site) throws SQLException {
        return site.database(Side.OLD).transaction(Limits.BOOKKEEPING, connection -> authority(connection, site));
    }

    static Side authority(Connection old, Site site) throws SQLException {
        return Sql.rows(old, "SELECT side FROM turnout.authority WHERE run = ?", site.run()).stream()
                .findFirst()
                .map(row -> Side.valueOf(row.get(0)))
                .orElse(Side.OLD);
    }

    /** There is a move that knows its way back, so its writes may go to the new side while the old one is kept current. */
    public static boolean reversible(Site site) {
        return !Route.movable(site.spec()).isEmpty();
    }

    /** Done once the side has the authority. */
    public Stride stride(Site site) throws SQLException {
        if (authority(site) == to) {
            return open(site);
        }
        if (!Doors.closed(site, from())) {
            // First while nobody waits for it: what cannot be done then cannot be done later.
            Optional<String> taken = taken(site);
            return taken.isEmpty()
                    ? close(site)
                    : stay(site, SOON, taken.get() + ": writes stay where they are, and it is tried again");
        }
        long now = System.nanoTime();
        // A process that found it closed does not know since when: it allows the whole time once more.
        long since = closedNanos.orElse(now);
        closedNanos = Optional.of(since);
        boolean late = now - since > longest.toNanos();
        boolean more;
        boolean drained;
        Optional<String> taken;
        try {
            // It also carries the moves that stay, and those never end.
            more = applier.stride(site) instanceof Stride.Again;
            drained = drained(site, since);
            taken = drained ? taken(site) : Optional.empty();
        } catch (SQLException e) {
            if (late) {
                return takeBack(site, "the changelog was not drained (" + Failure.words(e) + ")");
            }
            throw e;
        }
        if (drained && taken.isEmpty()) {
            List<String> behind = lost.in(site);
            if (!behind.isEmpty()) {
                return stay(site, PAUSE, "the writes stay where they are: " + String.join("; ", behind));
            }
            give(site);
            return open(site);
        }
        if (late) {
            return takeBack(site, taken.orElse("the changelog was not drained"));
        }
        return more
                ? new Stride.Again("draining the changelog", Progress.of(0, 1, "steps"))
                : new Stride.Wait(PAUSE, taken.orElse("draining the changelog") + ", with writes closed");
    }

    /** Why the side cannot number rows by itself yet, or not be opened; empty: it can. */
    private Optional<String> taken(Site site) throws SQLException {
        String cannot = "what numbers the rows of " + site.database(to).name() + " cannot be moved";
        try {
            List<String> taken = Numbers.free(site, to, Route.movable(site.spec()));
            if (!taken.isEmpty()) {
                return Optional.of(String.join("; ", taken));
            }
            cannot = site.database(to).name() + " cannot be opened to writes";
            Doors.tryThem(site, to);
            return Optional.empty();
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.CONNECTION_LOST) {
                throw e;
            }
            // Whatever it is, writes must not stay closed for it.
            return Optional.of(
                    Failure.of(e) == Failure.LOCK_TIMEOUT
                            ? Blocked.instead(site.database(to), cannot, e).because()
                            : cannot + ": " + Failure.words(e));
        }
    }

    private Stride close(Site site) throws SQLException {
        String what = "closing " + site.database(from()).name() + " to writes";
        try {
            Doors.close(site, from(), true);
        } catch (SQLException e) {
            // A part may be closed: nobody can write there until it is open or given away.
            Doors.close(site, from(), false);
            return Blocked.instead(site.database(from()), what, e);
        }
        closedNanos = Optional.of(System.nanoTime());
        resolvedNanos = Optional.empty();
        return new Stride.Again(what, Progress.of(0, 1, "steps"));
    }

    private Stride takeBack(Site site, String because) throws SQLException {
        letWrite(site);
        return new Stride.Wait(
                BREATH,
                because + " within " + longest.toMillis() + " ms: writes stay where they are, and it is tried again");
    }

    /** The side does not change now. What has been left closed of it is opened: nobody is to wait for what does not begin. */
    Stride stay(Site site, Duration pause, String because) throws SQLException {
        letWrite(site);
        return new Stride.Wait(pause, because);
    }

    /** To be called only while the side that would be left has the authority. */
    void letWrite(Site site) throws SQLException {
        closedNanos = Optional.empty();
        resolvedNanos = Optional.empty();
        if (!Doors.opened(site, from())) {
            Doors.close(site, from(), false);
        }
    }

    private boolean drained(Site site, long closed) throws SQLException {
        List<Route> routes = Route.movable(site.spec());
        return site.database(from()).transaction(Limits.BOOKKEEPING, connection -> {
            if (Changelog.lag(connection, site, routes).isEmpty()) {
                return true;
            }
            return from() == Side.OLD
                    && Changelog.drained(connection, site, routes)
                    && saidBefore(connection, site, closed);
        });
    }

    /**
     * A table that is closed now may have touched rows of others, and brought them in or out; later only columns follow. So
     * what is there at the closing is carried, and then the rows that it named. Tables that stay open touch more all the while.
     */
    private boolean saidBefore(Connection connection, Site site, long closed) throws SQLException {
        List<Route> routes = Route.movable(site.spec());
        if (resolvedNanos.isEmpty() && !Changelog.left(connection, site, routes, since(closed))) {
            resolvedNanos = Optional.of(System.nanoTime());
        }
        return resolvedNanos.isPresent() && !Changelog.left(connection, site, routes, since(resolvedNanos.get()));
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private Stride open(Site site) throws SQLException {
        if (!Doors.opened(site, to)) {
            // The other database is told only now; were it told first, a crash could leave two sides open.
            site.database(Side.NEW).transaction(Limits.BOOKKEEPING, connection -> record(connection, site));
            Doors.close(site, to, false);
        }
        return new Stride.Done(site.database(to).name() + " takes the writes");
    }

    private void give(Site site) throws SQLException {
        site.database(Side.OLD).transaction(Limits.BOOKKEEPING, connection -> record(connection, site));
    }

    private Side record(Connection connection, Site site) throws SQLException {
        Bookkeeping.fence(connection, site);
        String again = Dialect.of(connection).upsert("turnout.authority", List.of("run"), List.of("side"));
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO turnout.authority (run, side) VALUES (?, ?)" + again)) {
            insert.setLong(1, site.run());
            insert.setString(2, to.name());
            insert.executeUpdate();
        }
        return to;
    }
}
