package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The functions that bring the new table up to date for some keys of the old one: one takes rows away that must not stand
 * any more, one writes those that must. Each works on the whole set; when a row fails, on halves of it, down to the row
 * that is put aside. Immutable.
 *
 * @param ordinal which transfer of the spec, from 0
 * @param exchangeable no deletion of a row of the new table reaches another one, so that rows may be taken away and put back
 */
record CarrySql(long run, int ordinal, TransferSql sql, boolean exchangeable) {
    /** Errors that say nothing about the row: the application gets them, as if its own statement had met them. */
    static final String NOT_THE_ROW = "('25', '40', '53', '55', '57', '58')";

    /** In this setting of the transaction stands who writes at the moment, so that a write does not come back. */
    static final String GUARD = "turnout.carry";

    String removeFunction() {
        return function("remove");
    }

    String writeFunction() {
        return function("write");
    }

    String backFunction() {
        return function("back");
    }

    private String function(String what) {
        return "turnout." + quote(what + "_" + run + "_" + ordinal);
    }

    /** Bare, of the function that tells whether a row of another table touches one. */
    String touchesName(int table) {
        return touchesName(run, ordinal, table);
    }

    static String touchesName(long run, int ordinal, int table) {
        return "touches_" + run + "_" + ordinal + "_" + table;
    }

    /** The token of a write from the old side to the new one. */
    String up() {
        return token(run, ordinal, "up");
    }

    /** The token of a write from the new side to the old one. */
    String down() {
        return token(run, ordinal, "down");
    }

    static String token(long run, int ordinal, String direction) {
        return " " + run + "." + ordinal + "." + direction + " ";
    }

    /** True while the token is in force. */
    static String guarded(String token) {
        return "position(" + literal(token) + " IN coalesce(current_setting(" + literal(GUARD) + ", true), '')) > 0";
    }

    /** Types of the key columns, as arrays. */
    List<String> arrays() {
        return sql.transfer().key().stream()
                .map(column -> sql.sourceColumn(column).type() + "[]")
                .toList();
    }

    private String key() {
        return IntStream.range(0, sql.transfer().key().size())
                .mapToObj(i -> "turnout_k" + i)
                .collect(joining(", "));
    }

    private String keys(String slice) {
        return IntStream.range(0, sql.transfer().key().size())
                .mapToObj(i -> "turnout_k" + i + slice)
                .collect(joining(", "));
    }

    String unnested() {
        return "unnest(" + key() + ") AS key ("
                + sql.transfer().key().stream().map(sql.key()::name).collect(joining(", ")) + ")";
    }

    /** True for a row {@code old} whose key is among those given. */
    private String chosen() {
        return "("
                + sql.transfer().key().stream()
                        .map(name -> "old." + quote(name))
                        .collect(joining(", ")) + ") IN (SELECT * FROM unnest(" + key() + "))";
    }

    String create() {
        return create(removeFunction(), sql.writes().remove(unnested()), "") + ";\n"
                + create(writeFunction(), sql.writes().upsert(chosen()), exchangeable ? exchange() : "");
    }

    private String exchange() {
        return """
                IF cardinality(turnout_k0) > 1 THEN
                BEGIN
                %s;
                %s;
                PERFORM set_config('%s', turnout_guard, true);
                RETURN;
                EXCEPTION WHEN OTHERS THEN
                IF left(SQLSTATE, 2) IN %s THEN RAISE; END IF;
                END;
                END IF;""".formatted(sql.writes().exchange(chosen()), sql.writes().upsert(chosen()), GUARD, NOT_THE_ROW);
    }

    /** @param secondWay tried before the set is cut in halves; empty: there is none */
    private String create(String function, String statement, String secondWay) {
        String parameters = IntStream.range(0, arrays().size())
                .mapToObj(i -> "turnout_k" + i + " " + arrays().get(i))
                .collect(joining(", "));
        String tag = "$turnout_" + run + "_" + ordinal + "$";
        return """
                CREATE OR REPLACE FUNCTION %1$s(%2$s) RETURNS void LANGUAGE plpgsql AS %3$s
                #variable_conflict use_column
                DECLARE
                turnout_guard text := coalesce(current_setting('%4$s', true), '');
                turnout_half int := cardinality(turnout_k0) / 2;
                turnout_state text;
                turnout_error text;
                BEGIN
                PERFORM set_config('%4$s', turnout_guard || %5$s, true);
                BEGIN
                %6$s;
                PERFORM set_config('%4$s', turnout_guard, true);
                RETURN;
                EXCEPTION WHEN OTHERS THEN
                IF left(SQLSTATE, 2) IN %7$s THEN RAISE; END IF;
                turnout_state := SQLSTATE;
                turnout_error := SQLERRM;
                END;
                %8$s
                PERFORM set_config('%4$s', turnout_guard, true);
                IF turnout_half > 0 THEN
                PERFORM %1$s(%9$s);
                PERFORM %1$s(%10$s);
                ELSE
                %11$s
                END IF;
                END
                %3$s;
                REVOKE ALL ON FUNCTION %1$s(%12$s) FROM PUBLIC""".formatted(
                        function,
                        parameters,
                        tag,
                        GUARD,
                        literal(up()),
                        statement,
                        NOT_THE_ROW,
                        secondWay,
                        keys("[1:turnout_half]"),
                        keys("[turnout_half + 1:]"),
                        putAside(),
                        String.join(", ", arrays()));
    }

    /** The row of the new table stays as it was. */
    private String putAside() {
        return """
                INSERT INTO turnout.rejected (run, table_name, key, phase, sqlstate, message, "row")
                SELECT %d, %s, %s, 'SYNC', turnout_state, turnout_error,
                       (SELECT to_jsonb(old) FROM %s AS old WHERE %s)
                FROM %s
                ON CONFLICT (run, table_name, key) WHERE resolved_at IS NULL
                DO UPDATE SET phase = excluded.phase, sqlstate = excluded.sqlstate, message = excluded.message,
                              at = excluded.at, "row" = excluded."row";""".formatted(
                        run,
                        literal(sql.transfer().name()),
                        sql.key().json(name -> "key." + sql.key().name(name)),
                        sql.from(),
                        sql.key().oldIs("key"),
                        unnested());
    }

    /** Bare names of the functions of a transfer in one direction. */
    static List<String> functions(long run, int ordinal, boolean up) {
        return (up ? List.of("remove", "write") : List.of("back"))
                .stream().map(what -> what + "_" + run + "_" + ordinal).toList();
    }
}
