package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which triggers a run needs on a side, move by move. Pure but for the types that it looks up. */
final class Taps {
    /** A move and the tables that touch it are numbered within this many. */
    private static final int PER_MOVE = 100;

    private Taps() {}

    /** What a move has on one side. */
    record Tap(Route route, List<ChangelogSql> naming, ChangelogSql refusing) {}

    static List<Tap> on(Connection connection, Site site, Side side) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        List<Route> forward = Route.forward(site.spec());
        Map<String, Route> backward = new LinkedHashMap<>();
        Route.backward(site.spec()).forEach(route -> backward.put(route.move(), route));
        List<Tap> taps = new ArrayList<>();
        for (int i = 0; i < forward.size(); i++) {
            Route there = forward.get(i);
            Route back = backward.get(there.move());
            int number = i * PER_MOVE;
            List<ChangelogSql> naming = new ArrayList<>();
            if (side == Side.OLD) {
                naming.add(own(connection, site, there, number));
                for (String table : there.touchedBy().keySet()) {
                    naming.add(new ChangelogSql(
                            dialect,
                            site.run(),
                            ++number,
                            there.move(),
                            Wide.touching(site, there, table),
                            table,
                            Wide.read(connection, site, there, table),
                            Map.of()));
                }
            } else if (back != null) {
                naming.add(own(connection, site, back, number));
            }
            ChangelogSql refusing = new ChangelogSql(
                    dialect,
                    site.run(),
                    i * PER_MOVE,
                    there.move(),
                    side == Side.OLD ? there.from() : there.into(),
                    "",
                    Map.of(),
                    Map.of());
            taps.add(new Tap(there, naming, refusing));
        }
        return taps;
    }

    private static ChangelogSql own(Connection connection, Site site, Route route, int number) throws SQLException {
        Map<String, ColumnType> all = ColumnType.of(connection, route.from());
        Map<String, ColumnType> key = new LinkedHashMap<>();
        for (String column : route.key()) {
            if (!all.containsKey(column)) {
                throw new SQLException("there is no column " + route.from() + "." + column, "42703");
            }
            key.put(column, Objects.requireNonNull(all.get(column)));
        }
        return new ChangelogSql(
                Dialect.of(connection), site.run(), number, route.move(), route.from(), "", key, route.only());
    }
}
