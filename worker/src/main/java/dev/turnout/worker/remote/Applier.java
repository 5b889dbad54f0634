package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries what the changelog of one side names to the other side, a batch per stride, and never ends. Several may run at
 * once, in several processes: the gate lets one of them work. Not thread-safe: one lane per object.
 */
public final class Applier implements PhaseWork {
    private static final int CHANGES_AT_ONCE = 500;
    private static final Duration NOTHING_TO_DO = Duration.ofMillis(50);
    private static final Limits SOURCE = new Limits(Duration.ofMillis(500), Duration.ofSeconds(30), 1);
    /** A batch of the backfill holds the gate for much less. */
    private static final Limits TARGET = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), 1);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Side side;
    private final Duration patience;
    private final Map<String, Ferry> ferries = new HashMap<>();
    private long applied;

    /** @param side whose changes are carried */
    public Applier(Side side) {
        this(side, PATIENCE);
    }

    /** @param patience how long a row waits for another one to which it refers before it is put aside */
    Applier(Side side, Duration patience) {
        this.side = side;
        this.patience = patience;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        List<Route> routes = side == Side.OLD ? Route.forward(site.spec()) : Route.backward(site.spec());
        // A move that has no way back is the old side's for ever.
        boolean handedOver = side == Side.OLD && Flip.authority(site) == Side.NEW;
        List<Route> given = handedOver ? Route.movable(site.spec()) : List.of();
        List<Route> whole =
                routes.stream().filter(route -> !given.contains(route)).toList();
        int carried;
        try {
            Wide.resolve(site, routes);
            carried = site.database(side).transaction(SOURCE, source -> carry(source, site, whole));
            for (Route route : given) {
                carried += site.database(side).transaction(SOURCE, source -> feed(source, site, route));
            }
        } catch (SQLException e) {
            // Whatever failed: types are looked up anew, in case it was a change of a table.
            ferries.clear();
            throw e;
        }
        if (carried == 0) {
            return new Stride.Wait(NOTHING_TO_DO, "there is no change that can be carried");
        }
        applied += carried;
        return new Stride.Again("carrying changes", new Progress(applied, applied, true, "changes", 0, 0));
    }

    private int feed(Connection source, Site site, Route route) throws SQLException {
        Bookkeeping.fence(source, site);
        SearchPath.of(source, site.spec(), side);
        return Feed.carry(source, site, route, patience);
    }

    int carry(Connection source, Site site, List<Route> routes) throws SQLException {
        Bookkeeping.fence(source, site);
        SearchPath.of(source, site.spec(), side);
        List<Load> loads = new ArrayList<>();
        for (Route route : routes) {
            List<Changelog.Change> claimed = Changelog.claim(source, site, route.move(), CHANGES_AT_ONCE).stream()
                    .filter(Changelog.Change::namesRow)
                    .toList();
            if (!claimed.isEmpty()) {
                loads.add(new Load(route, claimed));
            }
        }
        if (loads.isEmpty()) {
            return 0;
        }
        List<Load.Outcome> outcomes = site.database(other()).transaction(TARGET, target -> {
            Bookkeeping.fence(target, site);
            SearchPath.of(target, site.spec(), other());
            if (side == Side.OLD) {
                Pause.pass(target, site);
            }
            for (Load load : loads) {
                Gate.exclusive(target, site, load.route().move());
            }
            List<Load.Read> reads = new ArrayList<>();
            for (Load load : loads) {
                reads.add(load.read(source, target, ferry(source, target, load.route())));
            }
            List<Load.Outcome> landed = Landing.of(target, reads);
            return side == Side.OLD ? landed : agreed(source, target, site, reads, landed);
        });
        int carried = 0;
        for (Load.Outcome outcome : outcomes) {
            carried += outcome.record(source, site, patience);
        }
        return carried;
    }

    /** With the rows that have landed and of which the other side makes something else. */
    private static List<Load.Outcome> agreed(
            Connection source, Connection target, Site site, List<Load.Read> reads, List<Load.Outcome> landed)
            throws SQLException {
        List<Load.Outcome> agreed = new ArrayList<>();
        for (int i = 0; i < reads.size(); i++) {
            Load.Outcome outcome = landed.get(i);
            List<Ferry.Wanted> standing = reads.get(i).delta().standing().stream()
                    .filter(row -> !outcome.misses().containsKey(row.key()))
                    .toList();
            Map<List<String>, Load.Miss> misses = new HashMap<>(outcome.misses());
            misses.putAll(Contradiction.of(source, target, site, reads.get(i), standing));
            agreed.add(new Load.Outcome(outcome.load(), misses));
        }
        return agreed;
    }

    private Side other() {
        return side == Side.OLD ? Side.NEW : Side.OLD;
    }

    private Ferry ferry(Connection source, Connection target, Route route) throws SQLException {
        Ferry known = ferries.get(route.move());
        if (known == null) {
            known = Ferry.of(source, target, route);
            ferries.put(route.move(), known);
        }
        return known;
    }
}
