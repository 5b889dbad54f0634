package dev.turnout.worker.remote;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Installs the triggers of a run whose sides are on two servers, one move and side per stride: first those of the new side,
 * which closes it to everybody but the engine, then those of the old side. Stateless and thread-safe.
 */
public final class ChangelogTriggers implements PhaseWork {
    @Override
    public Stride stride(Site site) throws SQLException {
        for (Side side : List.of(Side.NEW, Side.OLD)) {
            for (Route route : Route.forward(site.spec())) {
                if (!standing(site, side, route)) {
                    return install(site, side, route);
                }
            }
        }
        return new Stride.Done("every change of the old side is named in the changelog");
    }

    private static boolean standing(Site site, Side side, Route route) throws SQLException {
        return site.database(side).transaction(Limits.BOOKKEEPING, connection -> {
            Optional<Recorded> recorded = Recorded.of(connection, site, route);
            return recorded.isPresent()
                    && recorded.get()
                            .hash()
                            .equals(TriggerCatalogue.hash(connection, tap(connection, site, side, route)));
        });
    }

    private static Stride install(Site site, Side side, Route route) throws SQLException {
        String what = "adding the triggers of " + route.move();
        SchemaLog.What logged = new SchemaLog.What(Phase.SYNCING, 0, "changelog triggers of " + route.move(), false);
        try {
            SchemaChange.logged(site.at(side), Limits.DDL, logged, connection -> {
                Taps.Tap tap = tap(connection, site, side, route);
                TriggerCatalogue.run(connection, dropping(tap.all()));
                for (ChangelogSql naming : tap.naming()) {
                    TriggerCatalogue.run(connection, naming.create());
                }
                if (tap.holding().isPresent()) {
                    TriggerCatalogue.run(connection, tap.holding().get().create());
                }
                if (side == Side.NEW) {
                    TriggerCatalogue.run(connection, tap.refusing().create());
                }
                Recorded.put(
                        connection,
                        site,
                        route,
                        side == Side.NEW ? "CLOSED" : "OPEN",
                        TriggerCatalogue.hash(connection, tap));
                return tap;
            });
        } catch (SQLException e) {
            return Blocked.instead(site.database(side), what, e);
        }
        return new Stride.Again(what, Progress.of(1, Route.forward(site.spec()).size(), "steps"));
    }

    private static Taps.Tap tap(Connection connection, Site site, Side side, Route route) throws SQLException {
        return Taps.of(connection, site, side, route.move());
    }

    private static List<String> dropping(List<TableTriggers> all) {
        return all.stream().flatMap(triggers -> triggers.drop().stream()).toList();
    }

    /** Whether triggers of the run stand on either side. */
    static boolean any(Site site) throws SQLException {
        for (Side side : Side.values()) {
            boolean any = site.database(side).transaction(Limits.BOOKKEEPING, connection -> !Sql.rows(
                            connection, "SELECT move FROM turnout.flow WHERE run = ?", site.run())
                    .isEmpty());
            if (any) {
                return true;
            }
        }
        return false;
    }

    /** Takes the triggers of a side away, and what they have written. Harmless when repeated. */
    static void remove(Site site, Side side) throws SQLException {
        remove(site, side, Taps.Tap::all);
    }

    /** As {@link #remove}, but what shuts the side stays: a write that came too late would be carried by nobody. */
    static void silence(Site site, Side side) throws SQLException {
        remove(site, side, Taps.Tap::hearing);
    }

    private static void remove(Site site, Side side, Function<Taps.Tap, List<TableTriggers>> which)
            throws SQLException {
        for (Route route : Route.forward(site.spec())) {
            SchemaChange.run(site.at(side), Limits.DDL, connection -> {
                if (Recorded.of(connection, site, route).isPresent()) {
                    TriggerCatalogue.run(connection, dropping(which.apply(tap(connection, site, side, route))));
                    Changelog.forget(connection, site, route.move());
                    Recorded.forget(connection, site, route);
                }
                return route;
            });
        }
    }

    /** What is wrong with the triggers, one sentence per move and side; empty: they stand as installed, or change just now. */
    public static List<String> intact(Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        for (Side side : Side.values()) {
            for (Route route : Route.forward(site.spec())) {
                Optional<Recorded> before = recorded(site, side, route);
                boolean broken = before.isEmpty()
                        || (before.get().changing() ? before.get().stuck() : altered(site, side, route));
                // A flip that has begun since then has recorded that.
                if (broken && recorded(site, side, route).equals(before)) {
                    problems.add("the triggers of " + route.move() + " on "
                            + site.database(side).name()
                            + " have been altered, disabled or dropped since they were installed");
                }
            }
        }
        return problems;
    }

    private static boolean altered(Site site, Side side, Route route) throws SQLException {
        try {
            return !standing(site, side, route);
        } catch (SQLException e) {
            // PostgreSQL's own words for a function that is dropped while it is asked about it.
            if ("XX000".equals(e.getSQLState())) {
                return true;
            }
            throw e;
        }
    }

    private static Optional<Recorded> recorded(Site site, Side side, Route route) throws SQLException {
        return site.database(side).transaction(Limits.BOOKKEEPING, connection -> Recorded.of(connection, site, route));
    }
}
