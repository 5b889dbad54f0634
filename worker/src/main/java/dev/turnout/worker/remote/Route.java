package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
        long maxRejected) {

    static Route forward(Spec spec, Transfer transfer) {
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
        return inOrder(spec).stream()
                .filter(transfer -> !transfer.down().isEmpty())
                .map(transfer -> backward(spec, transfer))
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

    Route into(TableName copy) {
        return new Route(move, side, from, alias, key, only, where, copy, as, up, touchedBy, maxRejected);
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
