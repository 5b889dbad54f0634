package dev.turnout.worker.remote;

import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The triggers that a database has by its own account. The caller's transaction decides. */
final class TriggerCatalogue {
    private TriggerCatalogue() {}

    /** Of what the catalogue holds: it changes when anybody alters, disables or drops a trigger or its function. */
    static String hash(Connection connection, Taps.Tap tap) throws SQLException {
        List<String> names = tap.all().stream()
                .flatMap(triggers -> triggers.triggers().stream())
                .toList();
        StringBuilder all = new StringBuilder();
        for (String name : names) {
            all.append(name)
                    .append(found(connection, name).stream()
                            .map(row -> String.join(" ", row))
                            .collect(Collectors.joining("\n")));
        }
        return Steps.hash(all.toString());
    }

    /** Whether each of the triggers is there, whatever it does. */
    static boolean has(Connection connection, TableTriggers triggers) throws SQLException {
        for (String name : triggers.triggers()) {
            if (found(connection, name).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static List<List<String>> found(Connection connection, String name) throws SQLException {
        return Dialect.of(connection).mysql() ? Sql.rows(connection, """
                SELECT action_timing, event_manipulation, event_object_schema, event_object_table, action_statement
                FROM information_schema.triggers WHERE trigger_name = ?""", name) : Sql.rows(connection, """
                SELECT pg_get_functiondef(tgfoid), pg_get_triggerdef(oid), tgenabled FROM pg_trigger
                WHERE tgname = ? AND NOT tgisinternal""", name);
    }

    /** Makes or drops triggers. Each statement by itself and as it is: a body holds semicolons. */
    static void run(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
