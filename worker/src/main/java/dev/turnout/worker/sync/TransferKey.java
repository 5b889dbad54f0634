package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.TableColumn;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The SQL by which the row {@code old} of a transfer and its row {@code new} find each other. A key travels as the columns
 * {@code k0, k1, …}, in the order of the transfer's key. Immutable.
 */
public record TransferKey(TransferSql sql) {
    private Transfer transfer() {
        return sql.transfer();
    }

    /** True for the pair of rows {@code old} and {@code new} that belong together. */
    public String pairs() {
        return transfer().as().stream()
                .map(column -> "new." + quote(column) + " = " + asValue(column, name -> "old." + quote(name)))
                .collect(joining(" AND "));
    }

    /** True where {@code new} has the key that {@code alias} holds as {@code k0, k1, …}. */
    String newIs(String alias) {
        return transfer().as().stream()
                .map(column -> "new." + quote(column) + " = " + asValue(column, name -> alias + "." + name(name)))
                .collect(joining(" AND "));
    }

    private interface KeyValue {
        String of(String keyColumn);
    }

    private String asValue(String column, KeyValue key) {
        TypedColumn of = sql.targetColumn(column);
        return transfer()
                .keyColumn(column)
                .map(name -> of.comparable(key.of(name), sql.sourceColumn(name)))
                .orElseGet(() -> of.cast(Objects.requireNonNull(transfer().up().get(column))));
    }

    /** True where {@code old} has the key that {@code alias} holds as {@code k0, k1, …}. */
    String oldIs(String alias) {
        return transfer().key().stream()
                .map(column -> "old." + quote(column) + " = " + alias + "." + name(column))
                .collect(joining(" AND "));
    }

    /** {@code k0, k1, …}: what an item of FROM that holds keys calls their columns. */
    public List<String> names() {
        return transfer().key().stream().map(this::name).toList();
    }

    /** The name of a key column by its place in the key. */
    String name(String keyColumn) {
        return "k" + transfer().key().indexOf(keyColumn);
    }

    /** True where {@code new} is a row of this transfer: by the constants that tell it from others in the same table. */
    public String owned() {
        List<String> constants = transfer().as().stream()
                .filter(column -> transfer().keyColumn(column).isEmpty())
                .map(column -> "new." + quote(column) + " = " + sql.up(column))
                .toList();
        return constants.isEmpty() ? "true" : String.join(" AND ", constants);
    }

    /** The old key that a row {@code new} stands for, column by column, each in a form that compares as the old one. */
    public List<String> ofNew() {
        return transfer().key().stream()
                .map(name ->
                        sql.sourceColumn(name).comparable("new." + quote(holder(name)), sql.targetColumn(holder(name))))
                .toList();
    }

    /**
     * The old key as text, column by column.
     *
     * @param value of a column of the new table, with {@code %1$s} for its quoted name
     */
    public List<String> asText(String value) {
        return transfer().key().stream()
                .map(name -> {
                    TypedColumn column = sql.sourceColumn(name);
                    String held = column.cast(value.formatted(quote(holder(name))));
                    boolean binary = column.mysql()
                            .filter(c -> c.family() == TableColumn.Family.BINARY)
                            .isPresent();
                    return binary ? sql.dialect().hex(held) : sql.dialect().asText(held);
                })
                .toList();
    }

    /** The column of the new table that holds a key column. */
    String holder(String keyColumn) {
        return transfer().as().stream()
                .filter(column -> transfer().keyColumn(column).equals(Optional.of(keyColumn)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(transfer().name() + ": nothing holds " + keyColumn));
    }

    /** The key that a row {@code new} stands for as {@code turnout.rejected} has it. */
    public String ofNewAsJson() {
        return json(name -> sql.sourceColumn(name).cast("new." + quote(holder(name))));
    }

    String json(KeyNames key) {
        return sql.dialect()
                .jsonObject(transfer().key().stream()
                        .flatMap(name -> Stream.of(sql.dialect().literal(name), shownInJson(name, key.of(name))))
                        .toList());
    }

    private String shownInJson(String keyColumn, String value) {
        return sql.sourceColumn(keyColumn)
                        .mysql()
                        .filter(column -> column.family() == TableColumn.Family.BINARY)
                        .isPresent()
                ? sql.dialect().hex(value)
                : value;
    }

    interface KeyNames {
        String of(String keyColumn);
    }
}
