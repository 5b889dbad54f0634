package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One direction of a transfer. Both are the same idea: for a key of the table {@code from} the rows that must stand in
 * {@code into} are {@code SELECT up FROM from AS alias WHERE key AND where}, none or one. Immutable.
 *
 * @param side on whose server {@code from} is
 * @param alias what the expressions call the row of {@code from}
 * @param key columns of {@code from}
 * @param only columns of {@code from} to the constants by which a row belongs to this route; as a rule none
 * @param as columns of {@code into} that tell its row, to the key column that they hold; the others hold constants
 * @param up column of {@code into} to its expression
 * @param touchedBy other tables beside {@code from} to the condition that finds the rows they belong to
 * @param back the way back of a route that has one: then the new side may take the writes over
 * @param reverses what a way back leads back from; {@code up} is evaluated on the server of {@code into} then
 */
record Route(
        String move,
        Side side,
        TableName from,
        String alias,
        List<String> key,
        Map<String, String> only,
        Optional<String> where,
        TableName into,
        Map<String, Optional<String>> as,
        Map<String, String> up,
        Map<String, String> touchedBy,
        Optional<Route> back,
        Optional<Route> reverses,
        long maxRejected) {

    static Route forward(Spec spec, Transfer transfer) {
        Route oneWay = oneWay(spec, transfer);
        return transfer.down().isEmpty()
                ? oneWay
                : oneWay.returning(Optional.of(backward(spec, transfer)), Optional.empty());
    }

    private static Route oneWay(Spec spec, Transfer transfer) {
        Map<String, Optional<String>> as = new LinkedHashMap<>();
        transfer.as().forEach(column -> as.put(column, transfer.keyColumn(column)));
        return new Route(
                transfer.name(),
                Side.OLD,
                transfer.from().in(spec.place(Side.OLD).schema()),
                "old",
                transfer.key(),
                Map.of(),
                transfer.where(),
                transfer.into().in(spec.place(Side.NEW).schema()),
                as,
                transfer.up(),
                transfer.touchedBy(),
                Optional.empty(),
                Optional.empty(),
                transfer.maxRejected());
    }

    /** The way back: a row of the new table keeps the old columns that {@code down} names, and no other, as they must be. */
    static Route backward(Spec spec, Transfer transfer) {
        List<String> key = new ArrayList<>();
        Map<String, String> only = new LinkedHashMap<>();
        Map<String, Optional<String>> as = new LinkedHashMap<>();
        Map<String, String> up = new LinkedHashMap<>();
        for (String column : transfer.as()) {
            Optional<String> held = transfer.keyColumn(column);
            if (held.isPresent()) {
                key.add(column);
                as.put(held.get(), Optional.of(column));
                up.put(held.get(), "new." + quote(column));
            } else {
                only.put(column, Objects.requireNonNull(transfer.up().get(column)));
            }
        }
        transfer.down().forEach((column, down) -> up.put(column, expression(down)));
        return new Route(
                transfer.name(),
                Side.NEW,
                transfer.into().in(spec.place(Side.NEW).schema()),
                "new",
                key,
                only,
                Optional.empty(),
                transfer.from().in(spec.place(Side.OLD).schema()),
                as,
                up,
                Map.of(),
                Optional.empty(),
                Optional.of(oneWay(spec, transfer)),
                transfer.maxRejected());
    }

    private static String expression(Move.Down down) {
        return down.otherwise()
                .map(otherwise -> "COALESCE((" + down.from() + "), (" + otherwise + "))")
                .orElse(down.from());
    }

    /** The routes of a spec whose sides are on two servers, each after those that it waits for. */
    static List<Route> forward(Spec spec) {
        return inOrder(spec).stream().map(transfer -> forward(spec, transfer)).toList();
    }

    /** The moves that go to another server. */
    static List<String> names(Spec spec) {
        return forward(spec).stream().map(Route::move).toList();
    }

    /** Those that lead back, as far as there is a way. */
    static List<Route> backward(Spec spec) {
        return movable(spec).stream().flatMap(route -> route.back().stream()).toList();
    }

    /** Those whose table the new side may write once it has the authority. The others stay with the old side. */
    static List<Route> movable(Spec spec) {
        return forward(spec).stream().filter(route -> route.back().isPresent()).toList();
    }

    private Route returning(Optional<Route> way, Optional<Route> from) {
        return new Route(
                move, side, this.from, alias, key, only, where, into, as, up, touchedBy, way, from, maxRejected);
    }

    /** As it is read: a way back reads columns, and leaves its expressions to the other server. */
    Route read() {
        if (reverses.isEmpty()) {
            return this;
        }
        Map<String, String> columns = new LinkedHashMap<>();
        reverses.get().up.keySet().forEach(column -> columns.put(column, column(column)));
        up.values()
                .forEach(down -> SqlText.columns(down, alias).forEach(column -> columns.put(column, column(column))));
        return new Route(
                move, side, from, alias, key, only, where, into, as, columns, touchedBy, back, reverses, maxRejected);
    }

    /** The column of {@code from} that a column of {@code into} is given as it is. */
    Optional<String> plain(String column) {
        return plainColumn(Objects.requireNonNull(up.get(column), column), alias);
    }

    /** The column when an expression is nothing but that column of the row. */
    static Optional<String> plainColumn(String expression, String alias) {
        Set<String> columns = SqlText.columns(expression, alias);
        Set<String> names = new LinkedHashSet<>(SqlText.names(expression));
        names.removeAll(columns);
        names.remove(alias);
        boolean plain = columns.size() == 1
                && names.isEmpty()
                && expression.strip().matches("(?s)" + alias + "\\s*\\.\\s*(\\w+|\"(?:[^\"]|\"\")+\")");
        return plain ? columns.stream().findFirst() : Optional.empty();
    }

    private String column(String name) {
        return alias + "." + quote(name);
    }

    /** The columns of {@code into} that hold a constant. */
    Map<String, String> constants() {
        Map<String, String> constants = new LinkedHashMap<>();
        as.forEach((column, held) -> {
            if (held.isEmpty()) {
                constants.put(column, Objects.requireNonNull(up.get(column)));
            }
        });
        return constants;
    }

    /** The columns of {@code into} that are made of rows of other tables, too. */
    List<String> fed() {
        return up.entrySet().stream()
                .filter(one -> SqlText.names(one.getValue()).contains("select"))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Of a way back: the columns that the route gives and no {@code down} reads. */
    List<String> held(Route route) {
        Set<String> read = new LinkedHashSet<>();
        up.values().forEach(down -> read.addAll(SqlText.columns(down, alias)));
        return route.up.keySet().stream()
                .filter(column -> !read.contains(column) && !route.as.containsKey(column))
                .toList();
    }

    private static List<Transfer> inOrder(Spec spec) {
        Map<String, Set<String>> before = spec.before();
        List<Transfer> left =
                new ArrayList<>(spec.transfers().stream().filter(spec::remote).toList());
        List<Transfer> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            Transfer next = left.stream()
                    .filter(one -> left.stream()
                            .noneMatch(other -> !other.equals(one)
                                    && Objects.requireNonNull(before.get(one.name()))
                                            .contains(other.name())))
                    .findFirst()
                    .orElse(left.get(0));
            left.remove(next);
            ordered.add(next);
        }
        return ordered;
    }

    Route from(TableName copy) {
        return new Route(
                move, side, copy, alias, key, only, where, into, as, up, touchedBy, back, reverses, maxRejected);
    }

    Route into(TableName copy) {
        return new Route(
                move, side, from, alias, key, only, where, copy, as, up, touchedBy, back, reverses, maxRejected);
    }

    Side other() {
        return side == Side.OLD ? Side.NEW : Side.OLD;
    }

    /** A table as statements name it. */
    static String quoted(TableName table) {
        return table.schema().map(schema -> quote(schema) + ".").orElse("") + quote(table.table());
    }

    /** {@code from}, called as the expressions call its row. */
    String fromAsAlias() {
        return quoted(from) + " AS " + quote(alias);
    }

    /** True for a row of {@code from} that has a counterpart. */
    String wanted() {
        List<String> all = new ArrayList<>();
        only.forEach((column, constant) -> all.add(quote(alias) + "." + quote(column) + " = " + constant));
        where.ifPresent(condition -> all.add("(" + condition + ")"));
        return all.isEmpty() ? "1 = 1" : String.join(" AND ", all);
    }
}
