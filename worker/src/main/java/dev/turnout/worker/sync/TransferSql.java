package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.Subqueries;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The SQL that follows from one transfer. In every statement the row of the old table is called {@code old}, the one of the
 * new table {@code new}; {@code which} is a condition over {@code old} that chooses among its keys. Immutable.
 */
public final class TransferSql {
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

    public TransferKey key() {
        return new TransferKey(this);
    }

    public TransferWrites writes() {
        return new TransferWrites(this);
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

    String up(String column) {
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

    /** Counts the rows that must stand and do not: on MySQL another unique key may have been in their way. */
    public String missing(String which) {
        return "SELECT count(*) FROM " + from + " AS old WHERE " + which + " AND " + where()
                + " AND NOT EXISTS (SELECT 1 FROM " + into + " AS new WHERE " + key().pairs() + ")";
    }

    /**
     * The old keys, as texts, of rows of the new table that no row of the old one stands for.
     *
     * @param newAside true for a row {@code new} whose old row is put aside; it is none of them
     * @param oldAside the same of a row {@code old}: its mapping may raise
     */
    public String strays(String newAside, String oldAside) {
        return "SELECT " + String.join(", ", key().asText("new.%1$s")) + "\n  FROM " + into + " AS new\n WHERE "
                + key().owned()
                + " AND NOT " + newAside + " AND NOT EXISTS (SELECT 1 FROM " + from + " AS old WHERE " + key().pairs()
                + " AND CASE WHEN " + oldAside + " THEN true ELSE " + where() + " END)";
    }

    /** Counts the rows that are chosen and have no counterpart. */
    public String unwanted(String which) {
        return "SELECT count(*) FROM " + from + " AS old WHERE " + which + " AND NOT (" + where() + ")";
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
