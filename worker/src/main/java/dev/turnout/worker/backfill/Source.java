package dev.turnout.worker.backfill;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Identifiers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table that is walked by its key: the one of a move, or the one that a transfer on this server comes from. Immutable.
 *
 * @param name of the move: chunks and rows put aside are kept under it
 * @param transfer empty: a move within the table
 */
public record Source(String name, TableName table, List<String> key, long maxRejected, Optional<Transfer> transfer) {
    public Source {
        key = List.copyOf(key);
    }

    public static Source of(Move move) {
        return new Source(move.table(), TableName.of(move.table()), move.key(), move.maxRejected(), Optional.empty());
    }

    public static Source of(Spec spec, Transfer transfer) {
        return new Source(
                transfer.name(),
                transfer.from().in(spec.place(Side.OLD).schema()),
                transfer.key(),
                transfer.maxRejected(),
                Optional.of(transfer));
    }

    /** Every one, in the order of the spec; transfers to another server go their own way. */
    public static List<Source> all(Spec spec) {
        return Stream.concat(
                        spec.moves().stream().map(Source::of),
                        spec.transfers().stream()
                                .filter(transfer -> !spec.remote(transfer))
                                .map(transfer -> of(spec, transfer)))
                .toList();
    }

    /** @throws IllegalStateException when the spec has no move of that name */
    public static Source named(Spec spec, String name) {
        return all(spec).stream()
                .filter(source -> source.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the spec has no move " + name));
    }

    String quoted() {
        return table.schema().map(schema -> Identifiers.quote(schema) + ".").orElse("")
                + Identifiers.quote(table.table());
    }
}
