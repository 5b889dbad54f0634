package dev.turnout.worker.write;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.write.Write.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a spec alone says about a write. The catalogue of the database has its word later. Stateless. */
public final class WriteCheck {
    private WriteCheck() {}

    /** Every problem, each beginning with the member of the request; empty: the spec has nothing against it. */
    public static List<String> problems(Spec spec, Write write) {
        Optional<Move> row = row(spec, write.move());
        if (row.isEmpty()) {
            Stream<String> names = Stream.concat(
                    spec.moves().stream().map(Move::table),
                    spec.transfers().stream().map(Transfer::name));
            return List.of("move must be one of " + String.join(", ", names.toList()));
        }
        Move move = row.get();
        List<String> problems = new ArrayList<>();
        transfer(spec, write.move()).ifPresent(transfer -> {
            if (write.side() == Side.NEW) {
                problems.add(
                        "side must be OLD: that side has the authority over " + write.move() + " until the contract");
            }
            // Names are found by the connection's own schema: in another one, there may be a table of the same name.
            if (Stream.of(transfer.from().in(spec.place(Side.OLD).schema()), spec.into(transfer))
                    .anyMatch(table -> table.schema().isPresent())) {
                problems.add("move must be one without a schema of its own: writes reach the connection's only");
            }
        });
        if (!write.key().keySet().equals(Set.copyOf(move.key()))) {
            problems.add("key must have exactly " + String.join(", ", move.key()));
        }
        Side other = write.side() == Side.OLD ? Side.NEW : Side.OLD;
        Set<String> others =
                other == Side.NEW ? move.up().keySet() : move.down().keySet();
        for (String column : new TreeSet<>(write.values().keySet())) {
            if (move.key().contains(column)) {
                problems.add("values." + column + " is a column of the key: delete the row and write another");
            } else if (others.contains(column)) {
                problems.add("values." + column + " is a column of the " + other + " side, which follows by itself");
            }
        }
        if (write.op() == Op.UPSERT && write.values().isEmpty()) {
            problems.add("values must have a column at least");
        }
        if (write.op() == Op.DELETE && !write.values().isEmpty()) {
            problems.add("values must be left out for a DELETE");
        }
        return problems;
    }

    /** The table that a write goes to, as a move: of a transfer its old table, in which no column is new. */
    static Optional<Move> row(Spec spec, String name) {
        OptionalInt ordinal = ordinal(spec, name);
        return ordinal.isPresent()
                ? Optional.of(spec.moves().get(ordinal.getAsInt()))
                : transfer(spec, name)
                        .map(transfer -> new Move(
                                transfer.from().table(), transfer.key(), Map.of(), Map.of(), List.of(), Map.of(), 0));
    }

    /** Which move of the spec it is. */
    static OptionalInt ordinal(Spec spec, String table) {
        return IntStream.range(0, spec.moves().size())
                .filter(i -> spec.moves().get(i).table().equals(table))
                .findFirst();
    }

    static Optional<Transfer> transfer(Spec spec, String name) {
        return spec.transfers().stream()
                .filter(transfer -> transfer.name().equals(name))
                .findFirst();
    }
}
