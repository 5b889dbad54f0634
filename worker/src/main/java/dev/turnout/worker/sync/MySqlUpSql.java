package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.sync.MySqlTriggerSql.overNew;
import static java.util.stream.Collectors.joining;

import dev.turnout.worker.jdbc.Dialect;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The part of a sync trigger of MySQL that brings the new columns up with the old ones. Immutable.
 *
 * @param run of which this is
 * @param handedOver variable of the session that says why a row is to be put aside
 */
record MySqlUpSql(long run, Links links, String handedOver) {
    private static final String REKEYED_ASIDE = "turnout_rekeyed_aside";

    /** The variable that says: this new column is to be derived. */
    private String flag(String column) {
        return "turnout_u" + links.ups().indexOf(column);
    }

    /** The variable that holds what it is to be: all are derived from the row as it was written. */
    private String value(String column) {
        return "turnout_up" + links.ups().indexOf(column);
    }

    Stream<String> flags() {
        return Stream.concat(links.ups().stream().map(this::flag), Stream.of(REKEYED_ASIDE));
    }

    Stream<String> values() {
        return links.ups().stream()
                .map(column ->
                        "DECLARE " + value(column) + " " + links.column(column).type() + ";");
    }

    String onInsert() {
        return links.ups().stream()
                .map(column -> "SET %s = %s AND NEW.%s IS NULL;".formatted(flag(column), concerned(), quote(column)))
                .collect(joining("\n"));
    }

    /**
     * As in {@link UpSql}: what the statement itself wrote stays as written; all the rest is derived of a row without any
     * new value, and of one that is put aside and gets another key.
     */
    String onUpdate() {
        String flags = links.ups().stream()
                .map(column -> "SET %s = %s AND NOT (%s) AND (%s OR %s OR %s);"
                        .formatted(
                                flag(column),
                                concerned(),
                                links.column(column).differs("NEW", "OLD"),
                                links.changed(links.readByUp(column)),
                                links.empty(),
                                REKEYED_ASIDE))
                .collect(joining("\n"));
        return """
                SET %s = %s AND EXISTS (SELECT 1 FROM turnout.rejected r WHERE r.resolved_at IS NULL
                AND r.run = %d AND r.table_name = %s AND r.open_key = %s);
                %s""".formatted(
                        REKEYED_ASIDE,
                        links.changed(links.move().key()),
                        run,
                        Dialect.MYSQL.literal(links.move().table()),
                        "unhex(sha2(CONVERT(" + MySqlTriggerSql.key(links, "OLD") + " USING utf8mb4), 256))",
                        flags);
    }

    private String concerned() {
        return links.move()
                .scope()
                .where()
                .map(where -> "coalesce((" + overNew(where) + "), FALSE)")
                .orElse("TRUE");
    }

    /** What fails here must not fail the application's write: the new columns stay empty and the row is put aside. */
    String derive() {
        return """
                IF %s THEN
                BEGIN
                DECLARE turnout_state CHAR(5);
                DECLARE turnout_message TEXT;
                DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1265
                BEGIN
                GET DIAGNOSTICS CONDITION 1 turnout_state = RETURNED_SQLSTATE, turnout_message = MESSAGE_TEXT;
                %s
                SET %s = JSON_OBJECT('sqlstate', turnout_state, 'message', turnout_message);
                END;
                %s
                %s
                END;
                END IF;
                %s""".formatted(
                        links.ups().stream().map(this::flag).collect(joining(" OR ")),
                        // A column that the application had before keeps what it has.
                        each(column -> links.move().scope().inPlace().contains(column)
                                ? "BEGIN END;"
                                : "SET NEW." + quote(column) + " = NULL;"),
                        handedOver(),
                        each(column -> "SET " + value(column) + " = (" + overNew(links.up(column)) + ");"),
                        each(column -> "SET NEW." + quote(column) + " = " + value(column) + ";"),
                        quarantine());
    }

    private String each(Function<String, String> action) {
        return links.ups().stream()
                .map(column -> "IF " + flag(column) + " THEN " + action.apply(column) + " END IF;")
                .collect(joining("\n"));
    }

    /** A condition that fails is one more reason to look at the row. */
    private String quarantine() {
        if (links.move().scope().quarantine().isEmpty()) {
            return "";
        }
        return """
                IF %1$s AND %2$s IS NULL THEN
                BEGIN
                DECLARE turnout_message TEXT;
                DECLARE EXIT HANDLER FOR SQLEXCEPTION, 1265
                BEGIN
                GET DIAGNOSTICS CONDITION 1 turnout_message = MESSAGE_TEXT;
                SET %2$s = JSON_OBJECT('sqlstate', '45000', 'message', turnout_message);
                END;
                SET turnout_message = CASE%3$s END;
                IF turnout_message IS NOT NULL THEN
                SET %2$s = JSON_OBJECT('sqlstate', '45000', 'message', turnout_message);
                END IF;
                END;
                END IF;""".formatted(
                concerned(),
                handedOver(),
                links.move().scope().quarantine().entrySet().stream()
                        .map(one -> " WHEN " + overNew(one.getValue()) + " THEN " + Dialect.MYSQL.literal(one.getKey()))
                        .collect(joining()));
    }
}
