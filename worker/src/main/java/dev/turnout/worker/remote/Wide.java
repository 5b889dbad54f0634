package dev.turnout.worker.remote;

import dev.turnout.migration.SqlText;
import dev.turnout.migration.TableName;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Turns changes that name more than one row into changes that name one: a row of another table that touches some, a TRUNCATE
 * that touches all. Which rows those are is asked here and not by the trigger, because a row that another transaction is just
 * adding cannot be seen from there; once the change is visible, either that row is seen too, or it was added later and names
 * itself. Stateless and thread-safe.
 */
final class Wide {
    private static final int CHANGES_AT_ONCE = 1_000;
    private static final Limits LIMITS = Limits.SCAN;

    private Wide() {}

    /** @param routes of one side */
    static void resolve(Site site, List<Route> routes) throws SQLException {
        if (routes.isEmpty()) {
            return;
        }
        for (Route route : site.database(routes.get(0).side())
                .transaction(Limits.BOOKKEEPING, connection -> waiting(connection, site, routes))) {
            site.database(route.side()).transaction(LIMITS, connection -> resolve(connection, site, route));
        }
    }

    private static List<Route> waiting(Connection connection, Site site, List<Route> routes) throws SQLException {
        Set<String> moves = new HashSet<>();
        for (List<String> row : Sql.rows(
                connection,
                "SELECT DISTINCT move FROM turnout.changelog WHERE run = ? AND (of_table <> '' OR \"key\" IS NULL)",
                site.run())) {
            moves.add(row.get(0));
        }
        return routes.stream().filter(route -> moves.contains(route.move())).toList();
    }

    private static int resolve(Connection connection, Site site, Route route) throws SQLException {
        Bookkeeping.fence(connection, site);
        SearchPath.of(connection, site.spec(), route.side());
        SourceTable source = SourceTable.of(connection, route);
        List<Changelog.Change> wide = Changelog.claim(connection, site, route.move(), CHANGES_AT_ONCE).stream()
                .filter(change -> !change.namesRow())
                .toList();
        Map<String, Map<String, ColumnType>> read = new HashMap<>();
        // Many changes touch the same rows: one look at each is enough for all of them.
        Set<List<String>> touched = new LinkedHashSet<>();
        for (Changelog.Change change : wide) {
            if (change.key().isEmpty()) {
                everyRow(connection, site, route, source);
                continue;
            }
            String table = change.table();
            if (!read.containsKey(table)) {
                read.put(table, read(connection, site, route, table));
            }
            touched.addAll(Touching.keys(
                    connection,
                    source,
                    new SourceTable.Other(
                            Objects.requireNonNull(route.touchedBy().get(table), table),
                            Objects.requireNonNull(read.get(table)),
                            Keys.parse(change.key().orElseThrow()))));
        }
        Changelog.put(connection, site, route.move(), touched, true);
        Changelog.done(connection, site, route.move(), wide);
        return wide.size();
    }

    /** What the condition reads of the touching table: what its trigger writes down, in that order. */
    static Map<String, ColumnType> read(Connection connection, Site site, Route route, String table)
            throws SQLException {
        TableName name = touching(site, route, table);
        Map<String, ColumnType> all = ColumnType.of(connection, name);
        String condition = Objects.requireNonNull(route.touchedBy().get(table), table);
        if (SqlText.mentionsRow(condition, "it")) {
            return all;
        }
        Map<String, ColumnType> read = new LinkedHashMap<>();
        Set<String> mentioned = SqlText.columns(condition, "it");
        for (String column : mentioned) {
            ColumnType type = all.get(column);
            if (type == null) {
                throw new SQLException("there is no column " + name + "." + column, "42703");
            }
            read.put(column, type);
        }
        return read;
    }

    static TableName touching(Site site, Route route, String table) {
        return TableName.of(table).in(site.spec().place(route.side()).schema());
    }

    /** Every row of the route's own table, and every row of the other side, whose old one may be gone. */
    private static void everyRow(Connection connection, Site site, Route route, SourceTable source)
            throws SQLException {
        source.nameAll(connection, site);
        site.database(route.other()).transaction(LIMITS, target -> otherSide(connection, target, site, route));
    }

    private static Route otherSide(Connection connection, Connection target, Site site, Route route)
            throws SQLException {
        Ferry ferry = Ferry.of(connection, target, route);
        Standing.pages(target, site, route, held -> {
            List<List<String>> keys = new ArrayList<>();
            held.forEach(one -> ferry.counterpart().keyOf(one).ifPresent(keys::add));
            Changelog.put(connection, site, route.move(), keys);
        });
        return route;
    }
}
