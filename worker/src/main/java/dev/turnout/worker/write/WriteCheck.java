package dev.turnout.worker.write;

import dev.turnout.flags.stage.Side;
import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.worker.write.Write.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What a spec alone says about a write. The catalogue of the database has its word later. Stateless. */
public final class WriteCheck {
    private WriteCheck() {}

    /** Every problem, each beginning with the member of the request; empty: the spec has nothing against it. */
    public static List<String> problems(Spec spec, Write write) {
        OptionalInt ordinal = ordinal(spec, write.move());
        if (ordinal.isEmpty()) {
            return List.of("move must be one of "
                    + String.join(", ", spec.moves().stream().map(Move::table).toList()));
        }
        Move move = spec.moves().get(ordinal.getAsInt());
        List<String> problems = new ArrayList<>();
        if (!write.key().keySet().equals(Set.copyOf(move.key()))) {
            problems.add("key must have exactly " + String.join(", ", move.key()));
        }
        Side other = write.side() == Side.OLD ? Side.NEW : Side.OLD;
        Set<String> others = other == Side.NEW ? move.up().keySet() : move.down().keySet();
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

    /** Which move of the spec it is. */
    static OptionalInt ordinal(Spec spec, String table) {
        return IntStream.range(0, spec.moves().size())
                .filter(i -> spec.moves().get(i).table().equals(table))
                .findFirst();
    }
}
