package dev.turnout.worker.check;

import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.Transfer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a report says of one move, whatever its shape.
 *
 * @param name of the move
 * @param table of the old side
 * @param schema of the table; empty: found where its side lives
 * @param read old columns that the mapping reads
 * @param made columns of the same table that the move fills; empty when it fills another table
 * @param maxRejected rows that may be put aside
 */
record Subject(
        String name,
        String table,
        Optional<String> schema,
        List<String> key,
        List<String> read,
        List<String> made,
        long maxRejected) {

    /** In the order of the spec. */
    static List<Subject> of(Spec spec) {
        List<Subject> subjects = new ArrayList<>();
        for (Move move : spec.moves()) {
            subjects.add(new Subject(
                    move.table(),
                    move.table(),
                    Optional.empty(),
                    move.key(),
                    read(move.up().values()),
                    List.copyOf(move.up().keySet()),
                    move.maxRejected()));
        }
        for (Transfer transfer : spec.transfers()) {
            subjects.add(new Subject(
                    transfer.name(),
                    transfer.from().table(),
                    transfer.from().in(spec.database().schema()).schema(),
                    transfer.key(),
                    read(transfer.up().values()),
                    List.of(),
                    transfer.maxRejected()));
        }
        return subjects;
    }

    private static List<String> read(Collection<String> expressions) {
        Set<String> columns = new TreeSet<>();
        expressions.forEach(expression -> columns.addAll(SqlText.columns(expression, "old")));
        return List.copyOf(columns);
    }
}
