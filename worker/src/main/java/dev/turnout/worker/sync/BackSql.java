package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The trigger function of one table of the new side, for every transfer that goes into it: what the new application writes
 * goes to the old side, or is refused where a transfer has no way back. Immutable.
 */
record BackSql(TriggerNames names, String table, List<CarrySql> carries) {
    String create() {
        return Stream.concat(
                        carries.stream().filter(BackSql::goesBack).map(carry -> new ReturnSql(carry).create()),
                        Stream.of(names.createFunction(body()), names.createTriggers(table)))
                .collect(joining(";\n"));
    }

    private static boolean goesBack(CarrySql carry) {
        return !carry.sql().transfer().down().isEmpty();
    }

    private String body() {
        return """
                #variable_conflict use_column
                DECLARE
                %s
                turnout_changed boolean;
                BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                IF %s THEN
                RAISE EXCEPTION USING ERRCODE = 'feature_not_supported', TABLE = TG_TABLE_NAME,
                  MESSAGE = 'TRUNCATE of ' || TG_TABLE_NAME || ' is refused: the old side could not follow it',
                  HINT = 'use DELETE until the migration is finished';
                END IF;
                RETURN NULL;
                END IF;
                %s
                RETURN NULL;
                END
                """.formatted(
                        carries.stream().flatMap(BackSql::declared).collect(joining("\n")),
                        carries.stream()
                                .map(carry -> "NOT (" + CarrySql.guarded(carry.up()) + ")")
                                .collect(joining(" AND ")),
                        carries.stream().map(this::concerned).collect(joining("\n")));
    }

    private static Stream<String> declared(CarrySql carry) {
        List<String> variables = variables(carry);
        return IntStream.range(0, variables.size())
                .mapToObj(i -> variables.get(i) + " " + carry.arrays().get(i) + ";");
    }

    private static List<String> variables(CarrySql carry) {
        return IntStream.range(0, carry.sql().transfer().key().size())
                .mapToObj(i -> "turnout_" + carry.ordinal() + "_" + i)
                .toList();
    }

    /** A write that comes from the old side does not go back there. */
    private String concerned(CarrySql carry) {
        return """
                IF NOT (%s) THEN
                IF TG_OP = 'INSERT' THEN
                %s
                ELSIF TG_OP = 'UPDATE' THEN
                %s
                ELSE
                %s
                END IF;
                END IF;""".formatted(
                CarrySql.guarded(carry.up()),
                goesBack(carry) ? back(carry, "SELECT * FROM turnout_new") : refuse(carry, "turnout_new"),
                goesBack(carry)
                        ? oneWay(carry) + back(carry, "SELECT * FROM turnout_old UNION ALL SELECT * FROM turnout_new")
                        : changed(carry),
                goesBack(carry) ? back(carry, "SELECT * FROM turnout_old") : refuse(carry, "turnout_old"));
    }

    private static String back(CarrySql carry, String rows) {
        List<String> keys = carry.sql().key().ofNew();
        String variables = String.join(", ", variables(carry));
        return """
                SELECT %s
                  INTO %s
                  FROM (SELECT DISTINCT %s FROM (%s) AS new WHERE %s ORDER BY %s) AS k;
                IF %s IS NOT NULL THEN PERFORM %s(%s); END IF;""".formatted(
                        IntStream.range(0, keys.size())
                                .mapToObj(i -> "array_agg(k.k" + i + ")")
                                .collect(joining(", ")),
                        variables,
                        IntStream.range(0, keys.size())
                                .mapToObj(i -> keys.get(i) + " AS k" + i)
                                .collect(joining(", ")),
                        rows,
                        carry.sql().key().owned(),
                        IntStream.rangeClosed(1, keys.size())
                                .mapToObj(Integer::toString)
                                .collect(joining(", ")),
                        variables(carry).get(0),
                        carry.backFunction(),
                        variables);
    }

    /** What does not come back would be lost with the next change of the old row. */
    private static String oneWay(CarrySql carry) {
        TransferSql sql = carry.sql();
        String same = sql.transfer().as().stream()
                .map(column -> "new." + quote(column) + " = was." + quote(column))
                .collect(joining(" AND "));
        return sql.oneWay().stream()
                .map(column -> """
                        IF EXISTS (SELECT FROM turnout_new AS new JOIN turnout_old AS was ON %s WHERE %s AND %s) THEN
                        %s
                        END IF;
                        """.formatted(
                                same,
                                sql.key().owned(),
                                sql.differs(column, "was", "new"),
                                raise(column + " comes from the old side alone: the move "
                                        + sql.transfer().name() + " has no way back for it")))
                .collect(joining());
    }

    private static String refuse(CarrySql carry, String rows) {
        return "SELECT EXISTS (SELECT FROM " + rows + " AS new WHERE "
                + carry.sql().key().owned() + ") INTO turnout_changed;\n" + refusal(carry);
    }

    /** Columns that the transfer does not map are the new application's own. */
    private static String changed(CarrySql carry) {
        String mapped = "SELECT "
                + carry.sql().columns().stream()
                        .map(column -> carry.sql().shown("new", column))
                        .collect(joining(", "))
                + " FROM %s AS new WHERE " + carry.sql().key().owned();
        return "SELECT EXISTS (" + mapped.formatted("turnout_new") + " EXCEPT ALL " + mapped.formatted("turnout_old")
                + ") INTO turnout_changed;\n" + refusal(carry);
    }

    private static String refusal(CarrySql carry) {
        return "IF turnout_changed THEN\n"
                + raise("these rows come from " + carry.sql().transfer().from() + " alone: the move "
                        + carry.sql().transfer().name() + " has no way back")
                + "\nEND IF;";
    }

    private static String raise(String message) {
        return """
                RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction', TABLE = TG_TABLE_NAME, MESSAGE = %s,
                  HINT = 'write the old table until the migration is finished, or give the move a down';""".formatted(literal(message));
    }
}
