package dev.turnout.worker.remote;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

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
                    && recorded.get().hash().equals(hash(connection, tap(connection, site, side, route)));
        });
    }

    private static Stride install(Site site, Side side, Route route) throws SQLException {
        String what = "adding the triggers of " + route.move();
        SchemaLog.What logged = new SchemaLog.What(Phase.SYNCING, 0, "changelog triggers of " + route.move(), false);
        try {
            site.database(side).transaction(Limits.DDL, connection -> {
                Bookkeeping.fence(connection, site);
                SchemaLog.begun(connection, site, logged);
                Taps.Tap tap = tap(connection, site, side, route);
                run(connection, dropping(tap.all()));
                for (ChangelogSql naming : tap.naming()) {
                    run(connection, naming.create());
                }
                if (tap.holding().isPresent()) {
                    run(connection, tap.holding().get().create());
                }
                if (side == Side.NEW) {
                    run(connection, tap.refusing().create());
                }
                Recorded.put(connection, site, route, side == Side.NEW ? "CLOSED" : "OPEN", hash(connection, tap));
                SchemaLog.applied(connection, site, logged);
                return tap;
            });
        } catch (SQLException e) {
            return blocked(site, side, what, e);
        }
        return new Stride.Again(what, Progress.of(1, Route.forward(site.spec()).size(), "steps"));
    }

    /** The wait after a lock that was not given. */
    static Stride blocked(Site site, Side side, String what, SQLException e) throws SQLException {
        if (!Failure.of(e).transientLike() || Failure.of(e) == Failure.CONNECTION_LOST) {
            throw e;
        }
        return Blocked.instead(site.database(side), what, e);
    }

    private static Taps.Tap tap(Connection connection, Site site, Side side, Route route) throws SQLException {
        return Taps.of(connection, site, side, route.move());
    }

    private static List<String> dropping(List<TableTriggers> all) {
        return all.stream().flatMap(triggers -> triggers.drop().stream()).toList();
    }

    /**
     * Lets nobody but the engine write those tables of a side whose moves have a way back, or everybody again. Harmless when
     * repeated.
     */
    static void close(Site site, Side side, boolean closed) throws SQLException {
        for (Route route : Route.movable(site.spec())) {
            close(site, side, route, closed, List.of());
        }
    }

    /** Lets nobody but the engine write anything on the old side that a move reads: before the flow ends. */
    static void closeForGood(Site site) throws SQLException {
        for (Route route : Route.forward(site.spec())) {
            close(site, Side.OLD, route, true, tap(site, route).feeding());
        }
    }

    private static Taps.Tap tap(Site site, Route route) throws SQLException {
        return site.database(Side.OLD)
                .transaction(Limits.BOOKKEEPING, connection -> tap(connection, site, Side.OLD, route));
    }

    private static void close(Site site, Side side, Route route, boolean closed, List<RefuseSql> more)
            throws SQLException {
        // Committed before the first of them changes: whoever looks at them meanwhile finds that they are changing.
        site.database(side).transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Recorded.changing(connection, site, route);
            return route;
        });
        site.database(side).transaction(Limits.DDL, connection -> {
            Bookkeeping.fence(connection, site);
            Taps.Tap tap = tap(connection, site, side, route);
            List<RefuseSql> doors = new ArrayList<>(more);
            doors.add(tap.refusing());
            for (RefuseSql door : doors) {
                run(connection, door.drop());
                if (closed) {
                    run(connection, door.create());
                }
            }
            Recorded.put(connection, site, route, closed ? "CLOSED" : "OPEN", hash(connection, tap));
            return tap;
        });
    }

    /** Whether nobody but the engine writes those tables of a side whose moves have a way back. */
    static boolean closed(Site site, Side side) throws SQLException {
        return closed(site, side, Route.movable(site.spec()));
    }

    /** Whether all of the old side is closed: of the tables that touch a move its state says nothing. */
    static boolean closedForGood(Site site) throws SQLException {
        List<Route> routes = Route.forward(site.spec());
        return closed(site, Side.OLD, routes)
                && site.database(Side.OLD)
                        .transaction(Limits.BOOKKEEPING, connection -> shut(connection, site, routes));
    }

    private static boolean shut(Connection connection, Site site, List<Route> routes) throws SQLException {
        for (Route route : routes) {
            for (RefuseSql door : Taps.doors(Dialect.of(connection), site, Side.OLD, route.move())) {
                for (String name : door.triggers()) {
                    if (found(connection, name).isEmpty()) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean closed(Site site, Side side, List<Route> routes) throws SQLException {
        List<String> open = site.database(side)
                .transaction(Limits.BOOKKEEPING, connection -> Sql.rows(
                                connection,
                                "SELECT move FROM turnout.flow WHERE run = ? AND state <> 'CLOSED'",
                                site.run())
                        .stream()
                        .map(row -> row.get(0))
                        .toList());
        return routes.stream().noneMatch(route -> open.contains(route.move()));
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
            site.database(side).transaction(Limits.DDL, connection -> {
                Bookkeeping.fence(connection, site);
                if (Recorded.of(connection, site, route).isPresent()) {
                    run(connection, dropping(which.apply(tap(connection, site, side, route))));
                    Changelog.forget(connection, site, route.move());
                    Recorded.forget(connection, site, route);
                }
                return route;
            });
        }
    }

    /** Opens what is left of a side that was shut until its end. Harmless when repeated. */
    static void open(Site site, Side side) throws SQLException {
        for (Route route : Route.forward(site.spec())) {
            site.database(side).transaction(Limits.DDL, connection -> {
                Bookkeeping.fence(connection, site);
                for (RefuseSql door : Taps.doors(Dialect.of(connection), site, side, route.move())) {
                    run(connection, door.dropAnywhere());
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

    /** Of what the catalogue holds: it changes when anybody alters, disables or drops a trigger or its function. */
    private static String hash(Connection connection, Taps.Tap tap) throws SQLException {
        List<String> names = tap.all().stream()
                .flatMap(triggers -> triggers.triggers().stream())
                .toList();
        StringBuilder all = new StringBuilder();
        for (String name : names) {
            all.append(name)
                    .append(found(connection, name).stream()
                            .map(row -> String.join(" ", row))
                            .collect(Collectors.joining("\n")));
        }
        return Steps.hash(all.toString());
    }

    /** What the catalogue says of the triggers of a name. */
    private static List<List<String>> found(Connection connection, String name) throws SQLException {
        return Dialect.of(connection).mysql() ? Sql.rows(connection, """
                SELECT action_timing, event_manipulation, event_object_schema, event_object_table, action_statement
                FROM information_schema.triggers WHERE trigger_name = ?""", name) : Sql.rows(connection, """
                SELECT pg_get_functiondef(tgfoid), pg_get_triggerdef(oid), tgenabled FROM pg_trigger
                WHERE tgname = ? AND NOT tgisinternal""", name);
    }

    /** Each by itself and as it is: a body holds semicolons. */
    private static void run(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
