package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import dev.turnout.migration.Transfer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The function that brings the old table up to date for some rows of the new one, key by key. What {@code up} already gives
 * from the old row as it stands is left alone: 10:30 says more than the 09:00 that {@code down} makes of MORNING. Immutable.
 */
record ReturnSql(CarrySql carry) {
    private static final String HINT =
            "write values that the old side knows, or let the migration's down give another value for these";

    private TransferSql sql() {
        return carry.sql();
    }

    private List<String> downs() {
        return List.copyOf(sql().transfer().down().keySet());
    }

    private Move.Down down(String column) {
        return Objects.requireNonNull(sql().transfer().down().get(column));
    }

    private String flag(String column) {
        return "turnout_f" + downs().indexOf(column);
    }

    private String value(String column) {
        return "turnout_d" + downs().indexOf(column);
    }

    String create() {
        int keys = sql().transfer().key().size();
        String parameters = IntStream.range(0, keys)
                .mapToObj(i -> "turnout_k" + i + " " + carry.arrays().get(i))
                .collect(joining(", "));
        String tag = "$turnout_back$";
        return """
                CREATE OR REPLACE FUNCTION %1$s(%2$s) RETURNS void LANGUAGE plpgsql AS %3$s
                #variable_conflict use_column
                DECLARE
                turnout_guard text := coalesce(current_setting('%4$s', true), '');
                turnout_there boolean;
                turnout_key record;
                %5$s
                BEGIN
                PERFORM set_config('%4$s', turnout_guard || %6$s, true);
                FOR turnout_key IN SELECT * FROM %7$s LOOP
                SELECT EXISTS (SELECT FROM %8$s AS new WHERE %9$s) INTO turnout_there;
                IF NOT turnout_there THEN
                DELETE FROM %10$s AS old WHERE %11$s AND %12$s;
                CONTINUE;
                END IF;
                %13$s
                END LOOP;
                PERFORM set_config('%4$s', turnout_guard, true);
                END
                %3$s;
                REVOKE ALL ON FUNCTION %1$s(%14$s) FROM PUBLIC""".formatted(
                        carry.backFunction(),
                        parameters,
                        tag,
                        CarrySql.GUARD,
                        declared(),
                        literal(carry.down()),
                        carry.unnested(),
                        sql().into(),
                        sql().key().newIs("turnout_key"),
                        sql().from(),
                        sql().key().oldIs("turnout_key"),
                        sql().where(),
                        write(),
                        String.join(", ", carry.arrays()));
    }

    private String declared() {
        return downs().stream()
                .map(column -> flag(column) + " boolean;\n" + value(column) + " "
                        + sql().sourceColumn(column).type() + ";")
                .collect(joining("\n"));
    }

    private String write() {
        return """
                %1$s
                BEGIN
                SELECT %2$s
                  INTO %3$s
                  FROM %4$s AS new WHERE %5$s;
                EXCEPTION WHEN OTHERS THEN
                IF left(SQLSTATE, 2) IN %6$s THEN RAISE; END IF;
                RAISE EXCEPTION USING ERRCODE = SQLSTATE, TABLE = %7$s, MESSAGE = %8$s || SQLERRM, HINT = %9$s;
                END;
                %10$s
                BEGIN
                UPDATE %11$s AS old SET %12$s WHERE %13$s AND (%14$s);
                IF NOT EXISTS (SELECT FROM %11$s AS old WHERE %13$s) THEN
                INSERT INTO %11$s AS old (%15$s) OVERRIDING SYSTEM VALUE VALUES (%16$s);
                END IF;
                EXCEPTION WHEN OTHERS THEN
                IF left(SQLSTATE, 2) IN %6$s THEN RAISE; END IF;
                RAISE EXCEPTION USING ERRCODE = SQLSTATE, TABLE = %7$s, MESSAGE = %8$s || SQLERRM, HINT = %9$s;
                END;
                %17$s""".formatted(
                        judge(),
                        downs().stream().map(this::derived).collect(joining(",\n       ")),
                        downs().stream().map(this::value).collect(joining(", ")),
                        sql().into(),
                        sql().key().newIs("turnout_key"),
                        CarrySql.NOT_THE_ROW,
                        literal(sql().transfer().into().table()),
                        literal(complaint() + ": "),
                        literal(HINT),
                        downs().stream()
                                .filter(column -> sql().sourceColumn(column).notNull())
                                .map(this::refusal)
                                .collect(joining("\n")),
                        sql().from(),
                        downs().stream()
                                .map(column -> "%1$s = CASE WHEN %2$s THEN %3$s ELSE old.%1$s END"
                                        .formatted(quote(column), flag(column), value(column)))
                                .collect(joining(", ")),
                        sql().key().oldIs("turnout_key"),
                        downs().stream().map(this::flag).collect(joining(" OR ")),
                        quoteAll(Stream.concat(sql().transfer().key().stream(), downs().stream())
                                .toList()),
                        Stream.concat(
                                        sql().transfer().key().stream()
                                                .map(name -> "turnout_key."
                                                        + sql().key().name(name)),
                                        downs().stream().map(this::value))
                                .collect(joining(", ")),
                        sql().transfer().where().isEmpty() ? "" : counterpart());
    }

    /**
     * Which old columns are to be derived. An up that fails says nothing, and where there is no old row there is nothing to
     * keep: then all of them.
     */
    private String judge() {
        String all = downs().stream()
                .map(column -> flag(column) + " := coalesce(" + flag(column) + ", true);")
                .collect(joining("\n"));
        return """
                %1$s
                BEGIN
                SELECT %2$s
                  INTO %3$s
                  FROM %4$s AS new, (%5$s) AS wanted WHERE %6$s;
                EXCEPTION WHEN OTHERS THEN
                IF left(SQLSTATE, 2) IN %7$s THEN RAISE; END IF;
                END;
                %8$s""".formatted(
                downs().stream().map(column -> flag(column) + " := NULL;").collect(joining("\n")),
                downs().stream().map(this::disagrees).collect(joining(",\n       ")),
                downs().stream().map(this::flag).collect(joining(", ")),
                sql().into(),
                sql().wanted(sql().key().oldIs("turnout_key")),
                sql().key().newIs("turnout_key"),
                CarrySql.NOT_THE_ROW,
                all);
    }

    /** A column that no up of its own new columns reads is derived whenever the rows differ at all. */
    private String disagrees(String column) {
        List<String> mirrored = mirrored(column);
        return mirrored.isEmpty()
                ? sql().differs("new", "wanted")
                : mirrored.stream()
                        .map(up -> sql().differs(up, "new", "wanted"))
                        .collect(joining(" OR "));
    }

    private List<String> mirrored(String column) {
        return new Mirror(sql().transfer()).of(column);
    }

    /** Which new columns show an old one: the down of that reads them, and their up reads it in turn. */
    record Mirror(Transfer transfer) {
        List<String> of(String column) {
            String from = Objects.requireNonNull(transfer.down().get(column)).from();
            return transfer.up().entrySet().stream()
                    .filter(up -> SqlText.mentionsRow(from, "new")
                            || SqlText.columns(from, "new").contains(up.getKey()))
                    .filter(up -> SqlText.mentionsRow(up.getValue(), "old")
                            || SqlText.columns(up.getValue(), "old").contains(column))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    private String derived(String column) {
        String from = sql().sourceColumn(column).cast(down(column).from());
        String value = down(column)
                .otherwise()
                .map(otherwise ->
                        "coalesce(" + from + ", " + sql().sourceColumn(column).cast(otherwise) + ")")
                .orElse(from);
        return "CASE WHEN " + flag(column) + " THEN " + value + " END";
    }

    private String refusal(String column) {
        return """
                IF %s AND %s IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'not_null_violation', TABLE = %s, COLUMN = %s, MESSAGE = %s, HINT = %s;
                END IF;""".formatted(
                        flag(column),
                        value(column),
                        literal(sql().transfer().from().table()),
                        literal(column),
                        literal(complaint() + " in " + column + ", which must not be NULL"),
                        literal(HINT));
    }

    /** A row of the new table whose old one would have none is a row that only the new side can see. */
    private String counterpart() {
        return """
                IF NOT EXISTS (SELECT FROM %s AS old WHERE %s AND %s) THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = %s, MESSAGE = %s, HINT = %s;
                END IF;""".formatted(
                        sql().from(),
                        sql().key().oldIs("turnout_key"),
                        sql().where(),
                        literal(sql().transfer().into().table()),
                        literal("the old row of " + sql().transfer().from()
                                + " that belongs to this one is none that the move "
                                + sql().transfer().name() + " takes over"),
                        literal(HINT));
    }

    private String complaint() {
        return "the old application could not read this row of "
                + sql().transfer().into() + ": its new values have no old value";
    }
}
