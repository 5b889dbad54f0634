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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Refuses what cannot cross to the other server exactly, all at once: pairs of types, keys that are none, cascades that no
 * trigger sees, a target with rows of somebody else. Changes nothing. Stateless and thread-safe.
 */
public final class RemotePreflight implements PhaseWork {
    private static final Set<Form> NO_KEY = Set.of(Form.FLOAT, Form.DOUBLE, Form.JSON, Form.TEXTS);

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
            return new Stride.Done(
                    "every column has an exact counterpart on the other server",
                    Map.of("written on the old side until the contract", stayOld(site)));
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
            key(source, route, from, problems);
            cascades(source, site, route, problems);
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
            if (!unique(target, route.into(), route.as().keySet())) {
                problems.add("(" + String.join(", ", route.as().keySet()) + ") of " + route.into()
                        + " is not unique — make it its key, or a unique index of just these columns");
            }
            if (!expanded && holdsRows(target, route.into())) {
                problems.add(route.into() + " on " + site.database(Side.NEW).name()
                        + " holds rows already — empty it: whose they are cannot be told");
            }
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

    private static void key(Connection source, Route route, Map<String, ColumnType> from, List<String> problems)
            throws SQLException {
        for (String column : route.key()) {
            ColumnType type = from.get(column);
            if (type == null) {
                problems.add(
                        "the key column " + column + " is not in " + route.from() + " — name columns of the table");
                return;
            }
            boolean zoned = type.dialect().mysql() && type.form() == Form.INSTANT;
            if (NO_KEY.contains(type.form()) || zoned) {
                problems.add("the key column " + route.from() + "." + column + " is " + type.words()
                        + ", whose text does not tell values apart in every session — choose another unique key");
            }
            if (!type.notNull()) {
                problems.add("the key column " + route.from() + "." + column
                        + " may be NULL — use the primary key, or a unique key whose columns are NOT NULL");
            }
        }
        if (!unique(source, route.from(), route.key())) {
            problems.add("the key (" + String.join(", ", route.key()) + ") of " + route.from()
                    + " is not unique — name the columns of a unique index");
        }
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

    private static boolean unique(Connection connection, TableName table, Iterable<String> columns)
            throws SQLException {
        Set<String> wanted = new TreeSet<>();
        columns.forEach(wanted::add);
        List<List<String>> indexes = Dialect.of(connection).mysql()
                ? Sql.rows(connection, """
                        SELECT group_concat(column_name ORDER BY column_name SEPARATOR '\n') FROM information_schema.statistics
                        WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ? AND non_unique = 0
                        GROUP BY index_name HAVING count(sub_part) = 0""", table.schema().orElse(""), table.table())
                : Sql.rows(connection, """
                        SELECT (SELECT string_agg(a.attname, E'\\n' ORDER BY a.attname)
                                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, nth)
                                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                                WHERE nth <= i.indnkeyatts)
                        FROM pg_index i
                        WHERE i.indrelid = to_regclass(?) AND i.indisunique AND i.indisvalid AND i.indimmediate
                          AND i.indpred IS NULL AND i.indexprs IS NULL""", Route.quoted(table));
        return indexes.stream()
                .map(index -> new TreeSet<>(Arrays.asList(index.get(0).split("\n", -1))))
                .anyMatch(wanted::equals);
    }

    /** MySQL's cascades fire no trigger, so what they change would never be carried. */
    private static void cascades(Connection source, Site site, Route route, List<String> problems) throws SQLException {
        if (!Dialect.of(source).mysql()) {
            return;
        }
        List<TableName> tables = new ArrayList<>(List.of(route.from()));
        route.touchedBy().keySet().forEach(table -> tables.add(Wide.touching(site, route, table)));
        for (TableName table : tables) {
            String found = Sql.rows(source, """
                            SELECT constraint_name FROM information_schema.referential_constraints
                            WHERE constraint_schema = coalesce(nullif(?, ''), database()) AND table_name = ?
                              AND (delete_rule IN ('CASCADE', 'SET NULL') OR update_rule IN ('CASCADE', 'SET NULL'))""", table.schema().orElse(""), table.table()).stream()
                    .map(row -> row.get(0))
                    .collect(Collectors.joining(", "));
            if (!found.isEmpty()) {
                problems.add(table + " is changed by cascades, which fire no trigger in MySQL: " + found
                        + " — replace them by RESTRICT for the time of the migration");
            }
        }
    }

    private static boolean holdsRows(Connection connection, TableName table) throws SQLException {
        return !Sql.rows(connection, "SELECT 1 FROM " + Route.quoted(table) + " LIMIT 1")
                .isEmpty();
    }
}
