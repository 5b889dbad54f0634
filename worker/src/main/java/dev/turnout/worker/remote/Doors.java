package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What shuts a side to everybody but the engine: closes it, opens it, and says which it is. When that is to be done others
 * decide. Stateless and thread-safe.
 */
final class Doors {
    private static final String CLOSED = "CLOSED";
    private static final String OPEN = "OPEN";

    private Doors() {}

    /**
     * Lets nobody but the engine write those tables of a side whose moves have a way back, or everybody again. Harmless when
     * repeated.
     */
    static void close(Site site, Side side, boolean closed) throws SQLException {
        Optional<SQLException> failed = Optional.empty();
        for (Route route : Route.movable(site.spec())) {
            try {
                if (!stand(site, side, List.of(route), closed ? CLOSED : OPEN)) {
                    close(site, side, route, closed, List.of());
                }
            } catch (SQLException e) {
                // What can be opened is, whoever reads another table.
                if (closed) {
                    throw e;
                }
                failed = failed.or(() -> Optional.of(e));
            }
        }
        if (failed.isPresent()) {
            throw failed.get();
        }
    }

    /**
     * Ends well where the tables can be opened or closed now: nobody has read or written one of them for so long that a
     * change of its triggers would wait in vain. Otherwise it fails as that would.
     */
    static void tryThem(Site site, Side side) throws SQLException {
        for (Route route : Route.movable(site.spec())) {
            String table = Route.quoted(side == Side.OLD ? route.from() : route.into());
            site.database(side).transaction(Limits.DDL, connection -> {
                boolean mysql = Dialect.of(connection).mysql();
                try (Statement lock = connection.createStatement()) {
                    lock.execute(
                            mysql
                                    ? "LOCK TABLES " + table + " WRITE"
                                    : "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
                    if (mysql) {
                        lock.execute("UNLOCK TABLES");
                    }
                }
                return table;
            });
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
                .transaction(Limits.BOOKKEEPING, connection -> Taps.of(connection, site, Side.OLD, route.move()));
    }

    private static void close(Site site, Side side, Route route, boolean closed, List<RefuseSql> more)
            throws SQLException {
        // Committed before the first of them changes: whoever looks at them meanwhile finds that they are changing.
        site.database(side).transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Recorded.changing(connection, site, route);
            return route;
        });
        SchemaChange.run(site.at(side), Limits.DDL, connection -> {
            Taps.Tap tap = Taps.of(connection, site, side, route.move());
            List<RefuseSql> doors = new ArrayList<>(more);
            doors.add(tap.refusing());
            for (RefuseSql door : doors) {
                TriggerCatalogue.run(connection, door.drop());
                if (closed) {
                    TriggerCatalogue.run(connection, door.create());
                }
            }
            Recorded.put(connection, site, route, closed ? CLOSED : OPEN, TriggerCatalogue.hash(connection, tap));
            return tap;
        });
    }

    /** Whether nobody but the engine writes those tables of a side whose moves have a way back. */
    static boolean closed(Site site, Side side) throws SQLException {
        return stand(site, side, Route.movable(site.spec()), CLOSED);
    }

    /** Whether everybody writes them. A side of which only a part is open, or is just changing, is neither. */
    static boolean opened(Site site, Side side) throws SQLException {
        return stand(site, side, Route.movable(site.spec()), OPEN);
    }

    /** Whether all of the old side is closed: of the tables that touch a move its state says nothing. */
    static boolean closedForGood(Site site) throws SQLException {
        List<Route> routes = Route.forward(site.spec());
        return stand(site, Side.OLD, routes, CLOSED)
                && site.database(Side.OLD)
                        .transaction(Limits.BOOKKEEPING, connection -> shut(connection, site, routes));
    }

    private static boolean shut(Connection connection, Site site, List<Route> routes) throws SQLException {
        for (Route route : routes) {
            for (RefuseSql door : Taps.doors(Dialect.of(connection), site, Side.OLD, route.move())) {
                if (!TriggerCatalogue.has(connection, door)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean stand(Site site, Side side, List<Route> routes, String state) throws SQLException {
        List<String> otherwise = site.database(side).transaction(Limits.BOOKKEEPING, connection -> Sql.rows(
                        connection,
                        "SELECT move FROM turnout.flow WHERE run = ? AND (state <> ? OR hash = '')",
                        site.run(),
                        state)
                .stream()
                .map(row -> row.get(0))
                .toList());
        return routes.stream().noneMatch(route -> otherwise.contains(route.move()));
    }

    /** Opens what is left of a side that was shut until its end. Harmless when repeated. */
    static void open(Site site, Side side) throws SQLException {
        for (Route route : Route.forward(site.spec())) {
            SchemaChange.run(site.at(side), Limits.DDL, connection -> {
                for (RefuseSql door : Taps.doors(Dialect.of(connection), site, side, route.move())) {
                    TriggerCatalogue.run(connection, door.dropAnywhere());
                }
                return route;
            });
        }
    }
}
