package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.Subqueries;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The SQL that follows from one transfer. In every statement the row of the old table is called {@code old}, the one of the
 * new table {@code new}; {@code which} is a condition over {@code old} that chooses among its keys. Immutable.
 */
public final class TransferSql {
    /**
     * A transaction on a snapshot of its own cannot see what another one has committed to a feeding row since; writing the
     * row in any case makes the server find the collision, and the application repeats it.
     */
    private static final String OR_OLD_SNAPSHOT =
            " OR current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted')";

    private final Dialect dialect;
    private final Transfer transfer;
    private final String from;
    private final String into;
    private final Map<String, TypedColumn> source;
    private final Map<String, TypedColumn> target;

    private TransferSql(
            Dialect dialect,
            Transfer transfer,
            String from,
            String into,
            Map<String, TypedColumn> source,
            Map<String, TypedColumn> target) {
        this.dialect = dialect;
        this.transfer = transfer;
        this.from = from;
        this.into = into;
        this.source = source;
        this.target = target;
    }

    /** @throws SQLException when a table or a mapped column is not there (42P01, 42703) */
    public static TransferSql of(Connection connection, Spec spec, Transfer transfer) throws SQLException {
        TableName from = transfer.from().in(spec.place(Side.OLD).schema());
        TableName into = spec.into(transfer);
        Map<String, TypedColumn> source = TypedColumn.of(connection, from);
        Map<String, TypedColumn> target = TypedColumn.of(connection, into);
        missing(from, source, transfer.key());
        missing(into, target, transfer.up().keySet());
        return new TransferSql(
                Dialect.of(connection), transfer, TypedColumn.quoted(from), TypedColumn.quoted(into), source, target);
    }

    private static void missing(TableName table, Map<String, TypedColumn> columns, Iterable<String> wanted)
            throws SQLException {
        for (String column : wanted) {
            if (!columns.containsKey(column)) {
                throw new SQLException("there is no column " + table + "." + column, "42703");
            }
        }
    }

    /** The same over other tables with the same columns: copies to be tried on. */
    public TransferSql over(String otherFrom, String otherInto) {
        return new TransferSql(dialect, transfer, otherFrom, otherInto, source, target);
    }

    /** The same for a statement that has parameters: a {@code ?} of the operator is an operator there, not one of ours. */
    public TransferSql withParameters() {
        return with(TransferSql::verbatim);
    }

    /**
     * The same for statements that lock what their subqueries read.
     *
     * @param clause such as {@code LOCK IN SHARE MODE}
     */
    public TransferSql locking(String clause) {
        return with(expression -> Subqueries.locked(expression, clause));
    }

    private TransferSql with(UnaryOperator<String> change) {
        Map<String, String> up = new LinkedHashMap<>();
        transfer.up().forEach((column, expression) -> up.put(column, change.apply(expression)));
        Map<String, Move.Down> down = new LinkedHashMap<>();
        transfer.down()
                .forEach((column, back) -> down.put(
                        column,
                        new Move.Down(
                                change.apply(back.from()), back.otherwise().map(change))));
        Transfer changed = new Transfer(
                transfer.name(),
                transfer.from(),
                transfer.key(),
                transfer.where().map(change),
                transfer.into(),
                transfer.as(),
                up,
                down,
                transfer.touchedBy(),
                transfer.stays(),
                transfer.maxRejected());
        return new TransferSql(dialect, changed, from, into, source, target);
    }

    private static String verbatim(String sql) {
        return SqlText.bind(sql, Set.of()).sql();
    }

    public Transfer transfer() {
        return transfer;
    }

    /** The old table, quoted. */
    public String from() {
        return from;
    }

    /** The new table, quoted. */
    public String into() {
        return into;
    }

    Map<String, TypedColumn> source() {
        return source;
    }

    Map<String, TypedColumn> target() {
        return target;
    }

    TypedColumn sourceColumn(String name) {
        return Objects.requireNonNull(source.get(name), name);
    }

    TypedColumn targetColumn(String name) {
        return Objects.requireNonNull(target.get(name), name);
    }

    List<String> columns() {
        return List.copyOf(transfer.up().keySet());
    }

    /** The columns of the old table that a statement may write. */
    public List<String> writtenOfOld() {
        return List.copyOf(source.keySet());
    }

    /** An item of FROM that gives each row {@code old} the row that follows from it, called {@code new}. */
    public String ups() {
        return "LATERAL (SELECT "
                + columns().stream()
                        .map(column -> up(column) + " AS " + quote(column))
                        .collect(joining(", "))
                + ") AS new";
    }

    /** The mapped columns that do not tell the row. */
    List<String> carried() {
        return columns().stream()
                .filter(column -> !transfer.as().contains(column))
                .toList();
    }

    /** Those among them that some way back reads. The others are written on the old side alone. */
    public List<String> returning() {
        return carried().stream()
                .filter(column -> transfer.down().values().stream().anyMatch(down -> reads(down, column)))
                .toList();
    }

    /** The mapped columns that no way back reads, nor tell they the row: where there is a way back they have none. */
    List<String> oneWay() {
        List<String> returning = returning();
        return carried().stream().filter(column -> !returning.contains(column)).toList();
    }

    /** Of {@link #returning}: those that come back to such columns of the old table alone. */
    public List<String> returning(Predicate<String> columns) {
        return returning().stream()
                .filter(column -> transfer.down().entrySet().stream()
                        .allMatch(down -> columns.test(down.getKey()) || !reads(down.getValue(), column)))
                .toList();
    }

    private static boolean reads(Move.Down down, String column) {
        return SqlText.mentionsRow(down.from(), "new")
                || SqlText.columns(down.from(), "new").contains(column);
    }

    private String up(String column) {
        return targetColumn(column).cast(Objects.requireNonNull(transfer.up().get(column)));
    }

    /** Of the rows of the old table: which have a counterpart. */
    public String where() {
        return transfer.where().map(where -> "(" + where + ") IS TRUE").orElse("true");
    }

    /** The rows that must stand in the new table. */
    public String wanted(String which) {
        return select()
                + which
                + transfer.where().map(where -> " AND (" + where + ")").orElse("");
    }

    /** As the other one without the rows {@code old} that are put aside: the mapping may raise on those. */
    public String wanted(String which, String aside) {
        return select() + which + " AND CASE WHEN " + aside + " THEN false ELSE " + where() + " END";
    }

    private String select() {
        return "SELECT "
                + columns().stream()
                        .map(column -> up(column) + " AS " + quote(column))
                        .collect(joining(",\n       "))
                + "\n  FROM " + from + " AS old\n WHERE ";
    }

    /** Brings the rows up to date that must stand. What is right already gets no second version. */
    public String upsert(String which) {
        return upsert(which, "");
    }

    /** @param lock of the rows read, such as {@code FOR SHARE OF old} */
    public String upsert(String which, String lock) {
        if (dialect.mysql()) {
            return new MySqlWrite(this).upsert(from + " AS old", which, lock);
        }
        return insertInto(columns()) + "\n" + wanted(which) + (lock.isEmpty() ? "" : "\n " + lock) + onConflict();
    }

    /**
     * As the other one, on MySQL, in the way in which the old table is to be walked.
     *
     * @param walked the old table, called {@code old}, with what the optimizer is told about it
     */
    public String upsertWalking(String walked, String which, String lock) {
        return new MySqlWrite(this).upsert(walked, which, lock);
    }

    /** Counts the rows that must stand and do not: on MySQL another unique key may have been in their way. */
    public String missing(String which) {
        return "SELECT count(*) FROM " + from + " AS old WHERE " + which + " AND " + where()
                + " AND NOT EXISTS (SELECT 1 FROM " + into + " AS new WHERE " + pairs() + ")";
    }

    private String insertInto(List<String> columns) {
        return "INSERT INTO " + into + " AS new (" + quoteAll(columns) + ") OVERRIDING SYSTEM VALUE";
    }

    private String onConflict() {
        String conflict = "\nON CONFLICT (" + quoteAll(transfer.as()) + ") DO ";
        if (carried().isEmpty()) {
            return conflict + "NOTHING";
        }
        return conflict + "UPDATE SET "
                + carried().stream()
                        .map(column -> quote(column) + " = excluded." + quote(column))
                        .collect(joining(", "))
                + "\n WHERE " + differs("new", "excluded")
                + (transfer.touchedBy().isEmpty() ? "" : OR_OLD_SNAPSHOT);
    }

    /**
     * Takes the rows that must change away and puts them back in one statement, the columns that are not mapped as they
     * were. Two rows can exchange a unique value in no other way. Must not be used where a deletion cascades.
     */
    String exchange(String which) {
        List<String> kept = target.keySet().stream()
                .filter(column -> !transfer.up().containsKey(column))
                .toList();
        List<String> all = Stream.concat(columns().stream(), kept.stream()).toList();
        String same = transfer.as().stream()
                .map(column -> "new." + quote(column) + " = wanted." + quote(column))
                .collect(joining(" AND "));
        return "WITH wanted AS MATERIALIZED (" + wanted(which) + "),\ngone AS (DELETE FROM " + into
                + " AS new USING wanted WHERE " + same + " AND " + differs("new", "wanted") + " RETURNING new.*)\n"
                + insertInto(all) + "\nSELECT "
                + Stream.concat(
                                columns().stream().map(column -> "wanted." + quote(column)),
                                kept.stream().map(column -> "gone." + quote(column)))
                        .collect(joining(", "))
                + "\n  FROM wanted JOIN gone ON " + same.replace("new.", "gone.");
    }

    /**
     * Takes the rows away that must not stand any more.
     *
     * @param keys an item of FROM called {@code key}, with the columns {@code k0, k1, …}: keys of the old table
     */
    public String remove(String keys) {
        if (dialect.mysql()) {
            return new MySqlWrite(this).remove(keys);
        }
        return "DELETE FROM " + into + " AS new USING " + keys + "\n WHERE " + is("key")
                + "\n   AND NOT EXISTS (SELECT FROM "
                + from + " AS old WHERE " + keyIs("key")
                + transfer.where().map(where -> " AND (" + where + ")").orElse("")
                + ")";
    }

    /**
     * The old keys, as texts, of rows of the new table that no row of the old one stands for.
     *
     * @param newAside true for a row {@code new} whose old row is put aside; it is none of them
     * @param oldAside the same of a row {@code old}: its mapping may raise
     */
    public String strays(String newAside, String oldAside) {
        return "SELECT " + String.join(", ", keyAsText("new.%1$s")) + "\n  FROM " + into + " AS new\n WHERE " + owned()
                + " AND NOT " + newAside + " AND NOT EXISTS (SELECT 1 FROM " + from + " AS old WHERE " + pairs()
                + " AND CASE WHEN " + oldAside + " THEN true ELSE " + where() + " END)";
    }

    /** Counts the rows that are chosen and have no counterpart. */
    public String unwanted(String which) {
        return "SELECT count(*) FROM " + from + " AS old WHERE " + which + " AND NOT (" + where() + ")";
    }

    /**
     * Takes the rows away whose old row is there, chosen, and has no counterpart. Locks the old rows first, in the order in
     * which the triggers of the old side do.
     */
    public String removeUnwanted(String which) {
        if (dialect.mysql()) {
            return "DELETE new FROM " + from + " AS old STRAIGHT_JOIN " + into + " AS new ON " + pairs() + "\n WHERE "
                    + which + " AND NOT (" + where() + ")";
        }
        return "DELETE FROM " + into + " AS new USING " + from + " AS old\n WHERE " + which + " AND " + pairs()
                + " AND NOT (" + where() + ")";
    }

    /** True for the pair of rows {@code old} and {@code new} that belong together. */
    public String pairs() {
        return transfer.as().stream()
                .map(column -> "new." + quote(column) + " = " + asValue(column, name -> "old." + quote(name)))
                .collect(joining(" AND "));
    }

    /** True where {@code new} has the key that {@code alias} holds as {@code k0, k1, …}. */
    String is(String alias) {
        return transfer.as().stream()
                .map(column -> "new." + quote(column) + " = " + asValue(column, name -> alias + "." + k(name)))
                .collect(joining(" AND "));
    }

    private interface KeyValue {
        String of(String keyColumn);
    }

    private String asValue(String column, KeyValue key) {
        TypedColumn of = targetColumn(column);
        return transfer.keyColumn(column)
                .map(name -> of.comparable(key.of(name), sourceColumn(name)))
                .orElseGet(() -> of.cast(Objects.requireNonNull(transfer.up().get(column))));
    }

    /** True where {@code old} has the key that {@code alias} holds as {@code k0, k1, …}. */
    String keyIs(String alias) {
        return transfer.key().stream()
                .map(column -> "old." + quote(column) + " = " + alias + "." + k(column))
                .collect(joining(" AND "));
    }

    /** {@code k0, k1, …}: what an item of FROM that holds keys calls their columns. */
    public List<String> keyNames() {
        return transfer.key().stream().map(this::k).toList();
    }

    /** The name of a key column by its place in the key. */
    String k(String keyColumn) {
        return "k" + transfer.key().indexOf(keyColumn);
    }

    /** True where {@code new} is a row of this transfer: by the constants that tell it from others in the same table. */
    public String owned() {
        List<String> constants = transfer.as().stream()
                .filter(column -> transfer.keyColumn(column).isEmpty())
                .map(column -> "new." + quote(column) + " = " + up(column))
                .toList();
        return constants.isEmpty() ? "true" : String.join(" AND ", constants);
    }

    /** The old key that a row {@code new} stands for, column by column, each in a form that compares as the old one. */
    public List<String> keyOfNew() {
        return transfer.key().stream()
                .map(name -> sourceColumn(name).comparable("new." + quote(holder(name)), targetColumn(holder(name))))
                .toList();
    }

    /**
     * The old key as text, column by column.
     *
     * @param value of a column of the new table, with {@code %1$s} for its quoted name
     */
    public List<String> keyAsText(String value) {
        return transfer.key().stream()
                .map(name -> {
                    TypedColumn column = sourceColumn(name);
                    String held = column.cast(value.formatted(quote(holder(name))));
                    boolean binary = column.mysql()
                            .filter(c -> c.family() == TableColumn.Family.BINARY)
                            .isPresent();
                    return binary ? dialect.hex(held) : dialect.asText(held);
                })
                .toList();
    }

    /** The column of the new table that holds a key column. */
    String holder(String keyColumn) {
        return transfer.as().stream()
                .filter(column -> transfer.keyColumn(column).equals(Optional.of(keyColumn)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(transfer.name() + ": nothing holds " + keyColumn));
    }

    /** The key of a row {@code old} as {@code turnout.rejected} has it. */
    public String keyOfOldAsJson() {
        return json(name -> "old." + quote(name));
    }

    /** The key that a row {@code new} stands for as {@code turnout.rejected} has it. */
    public String keyOfNewAsJson() {
        return json(name -> sourceColumn(name).cast("new." + quote(holder(name))));
    }

    String json(KeyNames key) {
        return dialect.jsonObject(transfer.key().stream()
                .flatMap(name -> Stream.of(dialect.literal(name), shownInJson(name, key.of(name))))
                .toList());
    }

    private String shownInJson(String keyColumn, String value) {
        return sourceColumn(keyColumn)
                        .mysql()
                        .filter(column -> column.family() == TableColumn.Family.BINARY)
                        .isPresent()
                ? dialect.hex(value)
                : value;
    }

    interface KeyNames {
        String of(String keyColumn);
    }

    /** True where two rows of the mapped columns are not the same. Never NULL. */
    public String differs(String a, String b) {
        return columns().stream().map(column -> differs(column, a, b)).collect(joining(" OR ", "(", ")"));
    }

    /** {@link #differs(String, String)} of the one column. */
    public String differs(String column, String a, String b) {
        return dialect.differs(shown(a, column), shown(b, column));
    }

    /** A column of a row in a form whose equality tells every difference. */
    String shown(String alias, String column) {
        return targetColumn(column).telling(alias + "." + quote(column));
    }

    Dialect dialect() {
        return dialect;
    }
}
