package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;

/** The part of a sync function that brings the new columns up with the old ones. Immutable. */
record UpSql(long run, Links links) {
    private static final String REKEYED_ASIDE = "turnout_rekeyed_aside";

    /** The variable that says: this new column is to be derived. */
    private String flag(String column) {
        return "turnout_u" + links.ups().indexOf(column);
    }

    Stream<String> flags() {
        return Stream.concat(links.ups().stream().map(this::flag), Stream.of(REKEYED_ASIDE));
    }

    String onInsert() {
        return links.ups().stream()
                .map(column -> flag(column) + " := NEW." + quote(column) + " IS NULL;")
                .collect(joining("\n"));
    }

    /**
     * What the statement itself wrote stays as written. All the rest is derived of a row without any new value, which was
     * never filled or could not be, and of one that is put aside and gets another key: under that nobody would miss it.
     */
    String onUpdate() {
        String flags = links.ups().stream()
                .map(column -> "%s := NOT (%s) AND (%s OR %s OR %s);"
                        .formatted(
                                flag(column),
                                links.column(column).differs("NEW", "OLD"),
                                links.changed(links.readByUp(column)),
                                links.empty(),
                                REKEYED_ASIDE))
                .collect(joining("\n"));
        return """
                %s := %s AND EXISTS (SELECT FROM turnout.rejected r WHERE r.resolved_at IS NULL
                  AND r.run = %d AND r.table_name = %s AND r.key = %s);
                %s""".formatted(
                        REKEYED_ASIDE,
                        links.changed(links.move().key()),
                        run,
                        literal(links.move().table()),
                        key("OLD"),
                        flags);
    }

    private String key(String row) {
        return links.move().key().stream()
                .map(column -> literal(column) + ", " + row + "." + quote(column))
                .collect(joining(", ", "jsonb_build_object(", ")"));
    }

    /**
     * What fails here must not fail the application's write: the new columns stay empty and the row is put aside. The
     * block that can fail only reads, so its subtransaction takes no transaction id.
     */
    String derive() {
        return """
                IF %s THEN
                BEGIN
                  SELECT %s
                    INTO %s
                    FROM %s;
                EXCEPTION WHEN OTHERS THEN
                %s
                %s
                END;
                END IF;""".formatted(
                links.ups().stream().map(this::flag).collect(joining(" OR ")),
                links.ups().stream().map(this::value).collect(joining(",\n         ")),
                links.ups().stream().map(column -> "NEW." + quote(column)).collect(joining(", ")),
                links.row("old", Links.union(links.ups(), links::readByUp)),
                links.ups().stream()
                        .map(column -> "  IF " + flag(column) + " THEN NEW." + quote(column) + " := NULL; END IF;")
                        .collect(joining("\n")),
                putAside());
    }

    private String value(String column) {
        return "CASE WHEN %s THEN CAST((%s) AS %s) ELSE NEW.%s END"
                .formatted(flag(column), links.up(column), links.column(column).type(), quote(column));
    }

    private String putAside() {
        return """
                  BEGIN
                    INSERT INTO turnout.rejected (run, table_name, key, phase, sqlstate, message, "row")
                    VALUES (%d, %s, %s, 'SYNC', SQLSTATE, SQLERRM, to_jsonb(NEW))
                    ON CONFLICT (run, table_name, key) WHERE resolved_at IS NULL
                    DO UPDATE SET phase = excluded.phase, sqlstate = excluded.sqlstate, message = excluded.message,
                                  at = excluded.at, "row" = excluded."row";
                  EXCEPTION WHEN OTHERS THEN
                    RAISE WARNING 'turnout could not put a row of %% aside: %%', TG_TABLE_NAME, SQLERRM;
                  END;""".formatted(run, literal(links.move().table()), key("NEW"));
    }
}
