package dev.turnout.worker.remote;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Side;
import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Refuses what cannot cross to the other server exactly, all at once: pairs of types, keys that are none, cascades that no
 * trigger sees, a target with rows of somebody else. Reports what the way back would lose. Changes nothing. Stateless and
 * thread-safe.
 */
public final class RemotePreflight implements PhaseWork {
    private final boolean expanded;

    private RemotePreflight(boolean expanded) {
        this.expanded = expanded;
    }

    /** A target table that a step makes need not be there yet. */
    public static RemotePreflight beforeExpand() {
        return new RemotePreflight(false);
    }

    /** Every table has to be there. */
    public static RemotePreflight afterExpand() {
        return new RemotePreflight(true);
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        List<String> problems = site.database(Side.OLD)
                .transaction(Limits.BOOKKEEPING, source -> site.database(Side.NEW)
                        .transaction(Limits.BOOKKEEPING, target -> problems(source, target, site)));
        if (problems.isEmpty()) {
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("written on the old side until the contract", stayOld(site));
            if (expanded) {
                report.put("lossiness", Lossy.of(site));
            }
            return new Stride.Done("every column has an exact counterpart on the other server", report);
        }
        return new Stride.Stop(
                problems.size() + " thing(s) keep rows from crossing exactly; nothing was changed",
                problems,
                "mend what is named and resume, or roll back and start with a mended spec");
    }

    /** What the new application can only read until the contract: a move without a way back, a column without. */
    private static List<String> stayOld(Site site) {
        List<String> stay = new ArrayList<>();
        for (Route route : Route.forward(site.spec())) {
            if (route.back().isEmpty()) {
                stay.add(route.into() + " (" + route.move() + ")");
            } else {
                route.back().get().held(route).forEach(column -> stay.add(route.into() + "." + column));
            }
        }
        return stay;
    }

    /** Where the database {@code turnout} is: one per server in MySQL, one per database in PostgreSQL. */
    private static String place(Connection connection) throws SQLException {
        return Sql.value(
                        connection,
                        Dialect.of(connection).mysql()
                                ? "SELECT concat_ws(' ', @@hostname, @@port, @@datadir)"
                                : "SELECT concat_ws(' ', current_database(), pg_postmaster_start_time(), inet_server_port())")
                .orElseThrow();
    }

    private List<String> problems(Connection source, Connection target, Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        if (place(source).equals(place(target))) {
            return List.of(site.database(Side.OLD).name() + " and "
                    + site.database(Side.NEW).name()
                    + " lead to one place, which has the engine's bookkeeping once — write the target as a schema of that server:"
                    + " target: { schema: … }");
        }
        SearchPath.of(source, site.spec(), Side.OLD);
        SearchPath.of(target, site.spec(), Side.NEW);
        for (Route route : Route.forward(site.spec())) {
            Map<String, ColumnType> from = ColumnType.of(source, route.from());
            if (from.isEmpty()) {
                problems.add("there is no table " + route.from() + " — check its spelling");
                continue;
            }
            problems.addAll(new SourceCheck(source, site, route).problems(from));
            Map<String, ColumnType> into = ColumnType.of(target, route.into());
            if (into.isEmpty() && !expanded && madeByAStep(site)) {
                continue;
            }
            if (into.isEmpty()) {
                problems.add("there is no table " + route.into() + " on "
                        + site.database(Side.NEW).name() + " — make it in a step of expand with 'on: new'");
                continue;
            }
            types(source, route, into, problems);
            if (!SourceCheck.unique(target, route.into(), route.as().keySet())) {
                problems.add("(" + String.join(", ", route.as().keySet()) + ") of " + route.into()
                        + " is not unique — make it its key, or a unique index of just these columns");
            }
            if (!expanded && holdsRows(target, route.into())) {
                problems.add(route.into() + " on " + site.database(Side.NEW).name()
                        + " holds rows already — empty it: whose they are cannot be told");
            }
        }
        for (Route route : Route.forward(site.spec())) {
            problems.addAll(Numbers.immovable(source, target, route));
        }
        for (Route back : Route.backward(site.spec())) {
            Map<String, ColumnType> into = ColumnType.of(source, back.into());
            if (!into.isEmpty() && !ColumnType.of(target, back.from()).isEmpty()) {
                wayBack(source, target, back, into, problems);
            }
        }
        if (expanded) {
            assertions(target, site, problems);
        }
        return problems;
    }

    /** What is asked of the new side could not be tried out before its tables were there. */
    private static void assertions(Connection target, Site site, List<String> problems) throws SQLException {
        for (Assertion assertion : site.spec().assertions()) {
            if (assertion instanceof Assertion.NoRow noRow && noRow.on() == Side.NEW) {
                Savepoint before = target.setSavepoint();
                try {
                    Sql.rows(target, "EXPLAIN SELECT count(*) FROM (" + noRow.rows() + "\n) AS broken");
                    target.releaseSavepoint(before);
                } catch (SQLException e) {
                    if (Failure.of(e).transientLike()) {
                        throw e;
                    }
                    target.rollback(before);
                    problems.add("verify '" + noRow.name() + "' on "
                            + site.database(Side.NEW).name() + ": " + Failure.words(e) + " — mend the SQL");
                }
            }
        }
    }

    private static boolean madeByAStep(Site site) {
        return site.spec().expand().stream()
                .anyMatch(step -> step instanceof ExpandStep.Run run && run.on() == Side.NEW);
    }

    private static void wayBack(
            Connection source, Connection target, Route back, Map<String, ColumnType> into, List<String> problems)
            throws SQLException {
        Savepoint before = source.setSavepoint();
        try {
            Inverse inverse = Inverse.of(SourceTable.of(target, back), source, back);
            inverse.crossing().forEach((column, pairing) -> pairing.refusal()
                    .ifPresent(reason -> problems.add("on the way back " + back.from() + "." + column + ": " + reason
                            + " — give it a type that has, or cast it in its expression")));
            refused(back, TargetTable.pairings(back, inverse.types(), into), problems);
            source.releaseSavepoint(before);
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            source.rollback(before);
            problems.add("the way back of " + back.move() + " cannot be read: " + Failure.words(e)
                    + " — down is evaluated on the old side: mend its expressions");
        }
    }

    private static void types(Connection from, Route route, Map<String, ColumnType> into, List<String> problems)
            throws SQLException {
        List<String> absent = route.up().keySet().stream()
                .filter(column -> !into.containsKey(column))
                .toList();
        if (!absent.isEmpty()) {
            problems.add("there is no column " + String.join(", ", absent) + " in " + route.into()
                    + ", or it is generated — check its spelling");
            return;
        }
        List<Pairing> pairings;
        try {
            pairings = TargetTable.pairings(route, SourceTable.of(from, route).up(), into);
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            from.rollback();
            problems.add(route.move() + " cannot be read: " + Failure.words(e) + " — mend its expressions");
            return;
        }
        refused(route, pairings, problems);
    }

    private static void refused(Route route, List<Pairing> pairings, List<String> problems) {
        List<String> columns = List.copyOf(route.up().keySet());
        for (int i = 0; i < columns.size(); i++) {
            String column = route.into() + "." + columns.get(i);
            pairings.get(i)
                    .refusal()
                    .ifPresent(reason -> problems.add(
                            column + ": " + reason + " — give it a type that has, or cast it in its expression"));
        }
    }

    private static boolean holdsRows(Connection connection, TableName table) throws SQLException {
        return !Sql.rows(connection, "SELECT 1 FROM " + Route.quoted(table) + " LIMIT 1")
                .isEmpty();
    }
}
