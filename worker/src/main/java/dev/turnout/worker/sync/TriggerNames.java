package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/**
 * The trigger function of a table and the statement triggers that call it. Immutable.
 *
 * @param role of the table: {@code feed} or {@code back}
 * @param number of the table in its role
 * @param searchPath in which the expressions of the operator find names
 */
record TriggerNames(long run, String role, int number, List<String> searchPath, String comment) {
    /** Bare, in the schema of the bookkeeping. */
    String function() {
        return role + "_" + run + "_table_" + number;
    }

    /** Behind whatever triggers the application has. */
    private String trigger(String event) {
        return "zzz_turnout_" + run + "_" + role + "_" + event;
    }

    List<String> triggers() {
        return Stream.of("insert", "update", "delete", "truncate")
                .map(this::trigger)
                .toList();
    }

    /** With the rights of the engine's role, so that no application needs a right on what the mapping reads and writes. */
    String createFunction(String body) {
        String path = Stream.concat(searchPath.stream(), Stream.of("pg_temp"))
                .map(schema -> quote(schema))
                .collect(joining(", "));
        String tag = "$turnout_" + role + "$";
        return """
                CREATE OR REPLACE FUNCTION turnout.%1$s() RETURNS trigger
                LANGUAGE plpgsql SECURITY DEFINER SET search_path = %2$s AS %3$s
                %4$s%3$s;
                REVOKE ALL ON FUNCTION turnout.%1$s() FROM PUBLIC;
                COMMENT ON FUNCTION turnout.%1$s() IS %5$s""".formatted(quote(function()), path, tag, body, literal(comment));
    }

    /** ENABLE ALWAYS: they fire for a session that plays a replica, too. */
    String createTriggers(String table) {
        return trigger(table, "insert", "REFERENCING NEW TABLE AS turnout_new")
                + trigger(table, "update", "REFERENCING OLD TABLE AS turnout_old NEW TABLE AS turnout_new")
                + trigger(table, "delete", "REFERENCING OLD TABLE AS turnout_old")
                + trigger(table, "truncate", "")
                + "ALTER TABLE " + table + " "
                + triggers().stream()
                        .map(trigger -> "ENABLE ALWAYS TRIGGER " + quote(trigger))
                        .collect(joining(", "));
    }

    private String trigger(String table, String event, String rows) {
        return "CREATE TRIGGER %s AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION turnout.%s();\n"
                .formatted(quote(trigger(event)), event, table, rows, quote(function()));
    }
}
