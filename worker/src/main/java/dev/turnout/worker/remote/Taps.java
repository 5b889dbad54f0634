package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which triggers a run needs on a side, move by move. Pure but for the types that it looks up. */
final class Taps {
    /** A move and the tables that touch it are numbered within this many. */
    private static final int PER_MOVE = 100;

    private Taps() {}

    /**
     * What a move has on one side.
     *
     * @param naming of its own table and of those that touch it
     * @param refusing whatever applications write to its table
     * @param holding columns that have no way back; on the new side
     * @param feeding refuses whatever applications write to the tables that touch it; on the old side
     */
    record Tap(
            Route route,
            List<ChangelogSql> naming,
            RefuseSql refusing,
            Optional<RefuseSql> holding,
            List<RefuseSql> feeding) {
        List<TableTriggers> all() {
            // In this order their hash has been recorded.
            List<TableTriggers> all = new ArrayList<>(naming);
            all.add(refusing);
            holding.ifPresent(all::add);
            all.addAll(feeding);
            return all;
        }

        /** Without those that shut the side. */
        List<TableTriggers> hearing() {
            List<TableTriggers> hearing = new ArrayList<>(naming);
            holding.ifPresent(hearing::add);
            return hearing;
        }
    }

    static Tap of(Connection connection, Site site, Side side, String move) throws SQLException {
        List<Route> forward = Route.forward(site.spec());
        int i = place(forward, move);
        return side == Side.OLD ? old(connection, site, forward, i) : fresh(connection, site, forward, i);
    }

    private static int place(List<Route> forward, String move) {
        int i = 0;
        while (!forward.get(i).move().equals(move)) {
            i++;
        }
        return i;
    }

    /** What may shut the table of a move, and then those that touch it. Nothing is looked up: they may be gone. */
    static List<RefuseSql> doors(Dialect dialect, Site site, Side side, String move) {
        List<Route> forward = Route.forward(site.spec());
        int i = place(forward, move);
        Route route = forward.get(i);
        List<TableName> tables = new ArrayList<>(List.of(side == Side.OLD ? route.from() : route.into()));
        if (side == Side.OLD) {
            route.touchedBy().keySet().forEach(table -> tables.add(Wide.touching(site, route, table)));
        }
        List<RefuseSql> doors = new ArrayList<>();
        for (TableName table : tables) {
            doors.add(new RefuseSql(
                    dialect, site.run(), i * PER_MOVE + doors.size(), table, new RefuseSql.Rule.Closed()));
        }
        return doors;
    }

    private static Tap old(Connection connection, Site site, List<Route> forward, int i) throws SQLException {
        Route route = forward.get(i);
        Dialect dialect = Dialect.of(connection);
        int number = i * PER_MOVE;
        List<RefuseSql> doors = doors(dialect, site, Side.OLD, route.move());
        List<ChangelogSql> naming = new ArrayList<>();
        naming.add(own(connection, site, route, number, Map.of()));
        for (String table : route.touchedBy().keySet()) {
            TableName touching = Wide.touching(site, route, table);
            Map<String, ColumnType> read = Wide.read(connection, site, route, table);
            number++;
            // MySQL fires for a row that is written as it was, too.
            Map<String, ColumnType> all = dialect.mysql() ? ColumnType.of(connection, touching) : Map.of();
            naming.add(
                    new ChangelogSql(dialect, site.run(), number, route.move(), touching, table, read, Map.of(), all));
        }
        return new Tap(route, naming, doors.get(0), Optional.empty(), doors.subList(1, doors.size()));
    }

    private static Tap fresh(Connection connection, Site site, List<Route> forward, int i) throws SQLException {
        Route route = forward.get(i);
        Dialect dialect = Dialect.of(connection);
        int number = i * PER_MOVE;
        Optional<Route> back = route.back();
        if (back.isEmpty()) {
            boolean shared = forward.stream()
                    .anyMatch(other -> other.back().isPresent() && other.into().equals(route.into()));
            RefuseSql.Rule rule = new RefuseSql.Rule.ReadOnly(shared ? route.constants() : Map.of());
            RefuseSql refusing = new RefuseSql(dialect, site.run(), number, route.into(), rule);
            return new Tap(route, List.of(), refusing, Optional.empty(), List.of());
        }
        Map<String, ColumnType> all = ColumnType.of(connection, route.into());
        RefuseSql refusing = new RefuseSql(dialect, site.run(), number, route.into(), new RefuseSql.Rule.Closed());
        Map<String, ColumnType> held = some(all, back.get().held(route));
        Optional<RefuseSql> holding = held.isEmpty()
                ? Optional.empty()
                : Optional.of(new RefuseSql(dialect, site.run(), number, route.into(), new RefuseSql.Rule.Held(held)));
        ChangelogSql naming = own(connection, site, back.get(), number, some(all, route.fed()));
        return new Tap(route, List.of(naming), refusing, holding, List.of());
    }

    private static Map<String, ColumnType> some(Map<String, ColumnType> all, Collection<String> columns) {
        Map<String, ColumnType> some = new LinkedHashMap<>();
        columns.forEach(column -> {
            ColumnType type = all.get(column);
            if (type != null) {
                some.put(column, type);
            }
        });
        return some;
    }

    private static ChangelogSql own(
            Connection connection, Site site, Route route, int number, Map<String, ColumnType> fed)
            throws SQLException {
        Map<String, ColumnType> all = ColumnType.of(connection, route.from());
        for (String column : route.key()) {
            if (!all.containsKey(column)) {
                throw new SQLException("there is no column " + route.from() + "." + column, "42703");
            }
        }
        return new ChangelogSql(
                Dialect.of(connection),
                site.run(),
                number,
                route.move(),
                route.from(),
                "",
                some(all, route.key()),
                route.only(),
                fed);
    }
}
