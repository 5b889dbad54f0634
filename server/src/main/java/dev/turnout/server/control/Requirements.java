package dev.turnout.server.control;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Prerequisite;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps prerequisites sound: each names a flag that is there, with variants that it has, and none waits for itself. The
 * caller holds the lock of the flag set.
 */
final class Requirements {
    /** What the flag needs, at any distance. */
    static final String NEEDED = "WITH RECURSIVE needed (key) AS (SELECT unnest(CAST(? AS text[]))"
            + " UNION SELECT p ->> 'flag' FROM needed n JOIN flag f ON f.key = n.key"
            + " CROSS JOIN LATERAL jsonb_array_elements(f.definition #> '{targeting,prerequisites}') p)"
            + " SELECT n.key AS needed, f.version, f.definition FROM needed n LEFT JOIN flag f ON f.key = n.key";

    static final String NEEDING = "SELECT string_agg(key, ', ' ORDER BY key) AS needing FROM flag"
            + " WHERE definition #> '{targeting,prerequisites}' @> CAST(? AS jsonb)"
            + " AND definition ->> 'state' <> 'ARCHIVED'";

    /** Of a new flag; fails with {@link Refused}. */
    Future<Void> check(Tx tx, Flag flag) {
        return flag.targeting().prerequisites().isEmpty() ? Future.succeededFuture() : needed(tx, flag);
    }

    /** Fails with {@link Refused} when the change would leave a prerequisite that cannot be met. */
    Future<Void> check(Tx tx, Flag before, Flag after) {
        boolean others =
                !after.targeting().prerequisites().equals(before.targeting().prerequisites());
        boolean goes = after.state() == Flag.State.ARCHIVED && before.state() != Flag.State.ARCHIVED;
        Future<Void> kept = goes ? notNeeded(tx, after.key()) : Future.succeededFuture();
        return others ? kept.compose(done -> check(tx, after)) : kept;
    }

    private static Future<Void> notNeeded(Tx tx, String key) {
        return tx.first(
                        NEEDING,
                        row -> String.valueOf(row.getString("needing")),
                        Json.write(List.of(Map.of("flag", key))))
                .compose(needing ->
                        needing.filter(names -> !names.equals("null")).isEmpty()
                                ? Future.succeededFuture()
                                : Future.failedFuture(new Refused("the flag " + key + " is a prerequisite of "
                                        + needing.get() + ": take it out there first")));
    }

    private static Future<Void> needed(Tx tx, Flag flag) {
        String[] direct = flag.targeting().prerequisites().stream()
                .map(Prerequisite::flag)
                .toArray(String[]::new);
        return tx.all(NEEDED, row -> row, (Object) direct).compose(rows -> {
            Map<String, Row> found =
                    rows.stream().collect(Collectors.toMap(row -> Columns.text(row, "needed"), Function.identity()));
            List<String> problems = new ArrayList<>();
            if (found.containsKey(flag.key())) {
                problems.add("the flag " + flag.key() + " would wait for itself");
            }
            for (Prerequisite each : flag.targeting().prerequisites()) {
                if (!each.flag().equals(flag.key())) {
                    problems.addAll(problems(each, Objects.requireNonNull(found.get(each.flag()))));
                }
            }
            return problems.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new Refused(String.join("; ", problems)));
        });
    }

    private static List<String> problems(Prerequisite prerequisite, Row row) {
        String name = "the prerequisite " + prerequisite.flag();
        if (row.getString("definition") == null) {
            return List.of(name + " is not there");
        }
        Flag other = FlagStore.flag(row);
        if (other.state() == Flag.State.ARCHIVED) {
            return List.of(name + " is archived");
        }
        return prerequisite.variants().stream()
                .filter(variant -> !other.variants().values().containsKey(variant))
                .sorted()
                .map(variant -> name + " has no variant '" + variant + "' but "
                        + other.variants().values().keySet())
                .toList();
    }
}
