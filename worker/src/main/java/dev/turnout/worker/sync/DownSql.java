package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The part of a sync function that brings the old columns up with the new ones. Immutable. */
record DownSql(Links links) {
    private static final String HINT =
            "write values that the old side knows, or let the migration's down give another value for these";

    /** The variable that says: this old column is to be derived. */
    String flag(String column) {
        return "turnout_d" + links.downs().indexOf(column);
    }

    Stream<String> flags() {
        return links.downs().stream().map(this::flag);
    }

    /** A row with a new column set comes from the new application, which knows nothing of the old columns. */
    String onInsert() {
        String fromNew = links.ups().stream().map(DownSql::present).collect(joining(" OR "));
        return links.downs().stream()
                .map(column -> "%s := (%s) AND (%s);"
                        .formatted(
                                flag(column),
                                fromNew,
                                Stream.concat(
                                                Stream.of("NEW." + quote(column) + " IS NULL"),
                                                links.newSide(column).stream().map(DownSql::present))
                                        .collect(joining(" OR "))))
                .collect(joining("\n"));
    }

    private static String present(String column) {
        return "NEW." + quote(column) + " IS NOT NULL";
    }

    String onUpdate() {
        return links.downs().stream()
                .map(column -> flag(column) + " := " + links.changed(links.newSide(column)) + ";")
                .collect(joining("\n"));
    }

    String derive() {
        if (links.downs().isEmpty()) {
            return "";
        }
        return """
                IF %s THEN
                %s
                BEGIN
                  SELECT %s
                    INTO %s
                    FROM %s;
                EXCEPTION WHEN OTHERS THEN
                  RAISE EXCEPTION USING ERRCODE = SQLSTATE, TABLE = %s, MESSAGE = %s || SQLERRM, HINT = %s;
                END;
                %s
                END IF;""".formatted(
                flags().collect(joining(" OR ")),
                keepWhatAgrees(),
                links.downs().stream().map(this::value).collect(joining(",\n         ")),
                links.downs().stream().map(column -> "NEW." + quote(column)).collect(joining(", ")),
                links.row("new", Links.union(links.downs(), this::inScope)),
                literal(links.move().table()),
                literal(complaint() + ": "),
                literal(HINT),
                links.downs().stream()
                        .filter(column -> links.column(column).notNull())
                        .map(this::refusal)
                        .collect(joining("\n")));
    }

    /**
     * Where up gives the new value from the old one as it stands, the old one stays: 10:30 says more than the 09:00 that
     * down makes of MORNING. An up that fails says nothing, so the old value is derived.
     */
    private String keepWhatAgrees() {
        List<String> judged = links.downs().stream()
                .filter(column -> !links.mirrored(column).isEmpty())
                .toList();
        if (judged.isEmpty()) {
            return "";
        }
        return """
                BEGIN
                  SELECT %s
                    INTO %s
                    FROM %s;
                EXCEPTION WHEN OTHERS THEN
                  NULL;
                END;""".formatted(
                judged.stream().map(this::disagrees).collect(joining(",\n         ")),
                judged.stream().map(this::flag).collect(joining(", ")),
                links.row("old", Links.union(judged, column -> Links.union(links.mirrored(column), links::readByUp))));
    }

    private String disagrees(String column) {
        return "CASE WHEN %s THEN NEW.%s IS NULL OR %s ELSE false END"
                .formatted(
                        flag(column),
                        quote(column),
                        links.mirrored(column).stream()
                                .map(up -> "NEW." + quote(up) + " IS DISTINCT FROM (" + links.up(up) + ")")
                                .collect(joining(" OR ")));
    }

    /**
     * What the down reads, and the column itself: under the alias {@code new} the trigger's row is out of reach, and
     * {@code new.count} of a row without that column would be the aggregate.
     */
    private Set<String> inScope(String column) {
        Set<String> scope = new LinkedHashSet<>(links.readByDown(column));
        scope.add(column);
        return scope;
    }

    private String value(String column) {
        Move.Down down = links.down(column);
        String type = links.column(column).type();
        String from = "CAST((" + down.from() + ") AS " + type + ")";
        String value = down.otherwise()
                .map(otherwise -> "coalesce(" + from + ", CAST((" + otherwise + ") AS " + type + "))")
                .orElse(from);
        return "CASE WHEN " + flag(column) + " THEN " + value + " ELSE NEW." + quote(column) + " END";
    }

    private String refusal(String column) {
        return """
                IF %s AND NEW.%s IS NULL THEN
                  RAISE EXCEPTION USING ERRCODE = 'not_null_violation', TABLE = %s, COLUMN = %s, MESSAGE = %s, HINT = %s;
                END IF;""".formatted(
                        flag(column),
                        quote(column),
                        literal(links.move().table()),
                        literal(column),
                        literal(complaint() + " in " + column + ", which must not be NULL"),
                        literal(HINT));
    }

    private String complaint() {
        return "the old application could not read this row of " + links.move().table()
                + ": its new values have no old value";
    }
}
