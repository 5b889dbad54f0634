package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.migration.Side;
import dev.turnout.migration.TableName;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows that the comparison of two servers would notice: in a scratch table of the target with the same columns it plants, per
 * mapped column, the value of another row, and takes a row away. Stateless and thread-safe; leaves nothing behind.
 */
public final class RemoteControl {
    private static final TableName COPY = TableName.of("turnout_copy");
    private static final int ROWS = 50;

    private RemoteControl() {}

    /**
     * @param blind a line per column whose planted difference was not found
     * @param unproven columns in which no two rows differ: there is nothing to plant
     */
    public record Finding(List<String> blind, List<String> unproven) {}

    public static Finding run(Site site) throws SQLException {
        List<String> blind = new ArrayList<>();
        List<String> unproven = new ArrayList<>();
        for (Route route : Route.forward(site.spec())) {
            site.database(Side.OLD)
                    .transaction(Limits.SCAN, source -> site.database(Side.NEW).transaction(Limits.SCAN, target -> {
                        SearchPath.of(source, site.spec(), Side.OLD);
                        control(source, target, route, blind, unproven);
                        return route;
                    }));
        }
        return new Finding(blind, unproven);
    }

    private static void control(
            Connection source, Connection target, Route route, List<String> blind, List<String> unproven)
            throws SQLException {
        Ferry ferry = Ferry.of(source, target, route);
        List<Ferry.Wanted> rows =
                ferry.good(ferry.page(source, KeyRange.all(), ROWS).rows());
        TargetTable copy = copy(target, ferry.target());
        try {
            copy.upsert(target, rows.stream().map(Ferry.Wanted::values).toList());
            if (!wrong(target, copy, rows).isEmpty()) {
                blind.add("rows of " + route.move() + " read back differ from what was written: "
                        + wrong(target, copy, rows).get(0));
                return;
            }
            if (!rows.isEmpty() && !missingIsSeen(target, copy, rows)) {
                blind.add("the verifier does not see that a row of " + route.move() + " is missing");
            }
            for (String column : copy.columns()) {
                if (rows.isEmpty()) {
                    unproven.add(route.move() + "." + column);
                } else if (!route.as().containsKey(column)) {
                    plant(target, copy, rows, column, blind, unproven);
                }
            }
        } finally {
            if (Dialect.of(target).mysql()) {
                Sql.run(target, "DROP TEMPORARY TABLE " + Route.quoted(COPY));
            }
        }
    }

    private static TargetTable copy(Connection connection, TargetTable table) throws SQLException {
        boolean mysql = Dialect.of(connection).mysql();
        Sql.run(
                connection,
                "CREATE " + (mysql ? "TEMPORARY" : "TEMP") + " TABLE " + Route.quoted(COPY)
                        + (mysql ? "" : " ON COMMIT DROP") + " AS SELECT " + quoteAll(table.columns()) + " FROM "
                        + Route.quoted(table.route().into()) + " WHERE 1 = 0");
        if (!mysql) {
            Sql.run(
                    connection,
                    "CREATE UNIQUE INDEX ON " + Route.quoted(COPY) + " ("
                            + quoteAll(table.route().as().keySet()) + ")");
        }
        return table.over(COPY);
    }

    private static List<Comparison.Wrong> wrong(Connection target, TargetTable copy, List<Ferry.Wanted> rows)
            throws SQLException {
        return Comparison.of(
                copy,
                rows,
                copy.found(
                        target, rows.stream().map(row -> copy.as(row.values())).toList()));
    }

    private static boolean missingIsSeen(Connection target, TargetTable copy, List<Ferry.Wanted> rows)
            throws SQLException {
        Ferry.Wanted first = rows.get(0);
        copy.delete(target, List.of(copy.as(first.values())));
        List<Comparison.Wrong> found = wrong(target, copy, rows);
        copy.upsert(target, List.of(first.values()));
        return found.size() == 1 && found.get(0).key().equals(first.key());
    }

    private static void plant(
            Connection target,
            TargetTable copy,
            List<Ferry.Wanted> rows,
            String column,
            List<String> blind,
            List<String> unproven)
            throws SQLException {
        int at = copy.columns().indexOf(column);
        Ferry.Wanted first = rows.get(0);
        Optional<Ferry.Wanted> other = rows.stream()
                .filter(row ->
                        !Objects.equals(row.values().get(at), first.values().get(at)))
                .findFirst();
        if (other.isEmpty()) {
            unproven.add(copy.route().move() + "." + column);
            return;
        }
        List<@Nullable String> planted = new ArrayList<>(first.values());
        planted.set(at, other.get().values().get(at));
        boolean notNull = copy.pairings().get(at).target().notNull();
        if (notNull && planted.get(at) == null) {
            unproven.add(copy.route().move() + "." + column);
            return;
        }
        copy.upsert(target, List.of(planted));
        List<Comparison.Wrong> found = wrong(target, copy, rows);
        copy.upsert(target, List.of(first.values()));
        boolean seen = found.size() == 1
                && found.get(0).column().equals(column)
                && found.get(0).key().equals(first.key());
        if (!seen) {
            blind.add("the verifier does not see column " + quote(column) + " of "
                    + copy.route().move());
        }
    }
}
