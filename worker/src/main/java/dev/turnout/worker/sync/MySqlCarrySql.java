package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.TableColumn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The procedures that bring the new table up to date for one key of the old one on MySQL: one takes the row away when it must
 * not stand any more, one writes it when it must. A row that fails is put aside and the new table stays as it was. They live
 * where the old side lives, because there unqualified names of the operator are found. Immutable.
 *
 * <p>All that they read is read as it is committed last, and locked. Of two transactions that each write something which the
 * same row follows from, and then read what the other one has written, the later reader so waits for the other one's commit.
 * A plain read would not do: at either isolation level all that a statement sets off sees one snapshot, which may be older.
 *
 * <p>Who writes is said in a variable of the session together with the time of the application's statement, which stands
 * still in all that the statement sets off: what an interrupted statement leaves behind means nothing to the next one.
 *
 * @param home database of the old side
 * @param ordinal which transfer of the spec, from 0
 * @param sql its subqueries with {@link #LOCKED}, unless nobody else can reach the tables
 */
record MySqlCarrySql(String home, long run, int ordinal, TransferSql sql) {
    /** Who writes within a statement of an application. */
    static final String GUARD = "@turnout_carry";
    /** Who writes in a transaction of the engine. */
    static final String ENGINE = "@turnout_carrying";
    /** Of what is read. A table that the statement of the application uses cannot be locked for more. */
    static final String LOCKED = " LOCK IN SHARE MODE";
    /** Handlers name 1265 (data truncated) beside SQLEXCEPTION: as an error, too, it has the class of a warning. */
    static final String ANY_ERROR = "SQLEXCEPTION, 1265";
    /**
     * Errors that say nothing about the row, which the application gets as if its own statement had met them: locks, an
     * interruption, a full disk, a server that is read-only, missing rights, a table in use.
     */
    static final String NOT_THE_ROW =
            "(1020, 1021, 1028, 1037, 1038, 1041, 1053, 1114, 1142, 1143, 1205, 1206, 1213, 1290, 1305, 1317, 1370, 1442,"
                    + " 1792, 1836, 1969, 3024, 3572)";

    /** One that is made in the database of the old side. */
    record Procedure(String name, String parameters, String body) {
        String create(String home) {
            return "CREATE PROCEDURE " + quote(home) + "." + quote(name) + "(" + parameters + ") SQL SECURITY DEFINER "
                    + body;
        }
    }

    String removeName() {
        return name("remove");
    }

    String writeName() {
        return name("write");
    }

    String backName() {
        return name("back");
    }

    private String name(String what) {
        return "turnout_" + what + "_" + run + "_" + ordinal;
    }

    /** Bare names of the procedures of a transfer in one direction. */
    static List<String> procedures(long run, int ordinal, boolean up) {
        return (up ? List.of("remove", "write") : List.of("back"))
                .stream()
                        .map(what -> "turnout_" + what + "_" + run + "_" + ordinal)
                        .toList();
    }

    String called(String procedure) {
        return quote(home) + "." + quote(procedure);
    }

    String up() {
        return CarrySql.token(run, ordinal, "up");
    }

    String down() {
        return CarrySql.token(run, ordinal, "down");
    }

    /** True while the token is in force. Never NULL. */
    static String guarded(String token) {
        // The engine first: of its writes there are many, and the trigger is called for each row.
        return "(" + ENGINE + " <=> " + Dialect.MYSQL.literal(token) + " OR coalesce(locate(concat("
                + Dialect.MYSQL.literal(token) + ", UTC_TIMESTAMP(6)), " + GUARD + "), 0) > 0)";
    }

    static String guard(String token) {
        return "SET " + GUARD + " = concat(turnout_guard, " + Dialect.MYSQL.literal(token) + ", UTC_TIMESTAMP(6));";
    }

    /** Names of variables that hold the key. */
    List<String> keys() {
        return IntStream.range(0, transfer().key().size())
                .mapToObj(i -> "turnout_k" + i)
                .toList();
    }

    String parameters() {
        return transfer().key().stream()
                .map(column -> "IN turnout_k" + transfer().key().indexOf(column) + " "
                        + sql.sourceColumn(column).type())
                .collect(joining(", "));
    }

    private Transfer transfer() {
        return sql.transfer();
    }

    /** Variables of the types of {@code as}, so that the row is found by its index whatever the types of the key. */
    String declaredAs() {
        return transfer().as().stream()
                .map(column -> "DECLARE " + asVariable(column) + " "
                        + sql.targetColumn(column).type() + ";")
                .collect(joining("\n"));
    }

    String setAs() {
        return transfer().as().stream()
                .map(column -> "SET " + asVariable(column) + " = "
                        + transfer()
                                .keyColumn(column)
                                .map(name -> "turnout_k" + transfer().key().indexOf(name))
                                .orElseGet(() ->
                                        Objects.requireNonNull(transfer().up().get(column)))
                        + ";")
                .collect(joining("\n"));
    }

    private String asVariable(String column) {
        return "turnout_a" + transfer().as().indexOf(column);
    }

    /** True for the row {@code new} that belongs to the key. */
    String found() {
        return transfer().as().stream()
                .map(column -> "new." + quote(column) + " = " + asVariable(column))
                .collect(joining(" AND "));
    }

    /** True for the row {@code old} that has the key. */
    String chosen() {
        return transfer().key().stream()
                .map(column -> "old." + quote(column) + " = turnout_k"
                        + transfer().key().indexOf(column))
                .collect(joining(" AND "));
    }

    /** True when the row must stand. */
    String wanted() {
        return "EXISTS (SELECT 1 FROM " + sql.from() + " AS old WHERE " + chosen()
                + transfer().where().map(where -> " AND (" + where + ")").orElse("") + LOCKED + ")";
    }

    /** By name, with what they are. */
    Map<String, Procedure> procedures() {
        Map<String, Procedure> procedures = new LinkedHashMap<>();
        procedures.put(removeName(), new Procedure(removeName(), parameters(), body(remove())));
        procedures.put(writeName(), new Procedure(writeName(), parameters(), body(write())));
        return procedures;
    }

    /** That a row is gone is not looked at twice: a search for what is not there locks the gap where others insert. */
    private String remove() {
        return """
                IF NOT %s THEN
                DELETE new FROM %s AS new WHERE %s;
                END IF;""".formatted(wanted(), sql.into(), found());
    }

    private String write() {
        return """
                IF %1$s THEN
                %2$s;
                IF NOT EXISTS (SELECT 1 FROM %3$s AS new WHERE %4$s%5$s) THEN
                SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062,
                  MESSAGE_TEXT = 'another row of the new table has a value that must be unique';
                END IF;
                END IF;""".formatted(wanted(), sql.writes().upsert(chosen(), LOCKED), sql.into(), found(), LOCKED);
    }

    private String body(String work) {
        return """
                BEGIN
                DECLARE turnout_guard TEXT DEFAULT coalesce(%1$s, '');
                DECLARE turnout_state CHAR(5);
                DECLARE turnout_errno INT;
                DECLARE turnout_message TEXT;
                %2$s
                DECLARE EXIT HANDLER FOR %3$s
                BEGIN
                GET DIAGNOSTICS CONDITION 1 turnout_state = RETURNED_SQLSTATE, turnout_errno = MYSQL_ERRNO,
                  turnout_message = MESSAGE_TEXT;
                SET %1$s = turnout_guard;
                IF turnout_errno IN %4$s THEN RESIGNAL; END IF;
                %5$s
                END;
                %6$s
                %7$s
                %8$s
                SET %1$s = turnout_guard;
                END""".formatted(GUARD, declaredAs(), ANY_ERROR, NOT_THE_ROW, putAside(), setAs(), guard(up()), work);
    }

    private String putAside() {
        Dialect dialect = Dialect.MYSQL;
        return """
                INSERT INTO turnout.rejected (run, table_name, "key", phase, "sqlstate", message, at, "row")
                VALUES (%d, %s, %s, 'SYNC', turnout_state, turnout_message, %s,
                  (SELECT %s FROM %s AS old WHERE %s))
                %s;""".formatted(
                run,
                dialect.literal(transfer().name()),
                sql.key().json(name -> "turnout_k" + transfer().key().indexOf(name)),
                dialect.now(),
                dialect.jsonObject(sql.source().values().stream()
                        .flatMap(column -> column.mysql().stream())
                        .flatMap((TableColumn column) -> Stream.of(dialect.literal(column.name()), column.json("old")))
                        .toList()),
                sql.from(),
                chosen(),
                dialect.upsert(
                        "turnout.rejected", List.of("id"), List.of("phase", "sqlstate", "message", "at", "row")));
    }
}
