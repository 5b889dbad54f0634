package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A function and the two triggers that call it; all of it in the caller's transaction. */
record PostgreSqlTriggers(long run, int ordinal, Move move) implements Triggers {
    private static final String DEFINITION = """
            SELECT coalesce(string_agg(
                     pg_get_functiondef(t.tgfoid) || pg_get_triggerdef(t.oid) || t.tgenabled::text, '' ORDER BY t.tgname), '')
            FROM pg_trigger t
            WHERE t.tgrelid = to_regclass(?) AND t.tgname = ANY (?)""";

    @Override
    public List<String> names() {
        return named().triggers();
    }

    @Override
    public void install(Connection connection) throws SQLException {
        TriggerSql sql = new TriggerSql(run, ordinal, new Links(move, Catalogue.read(connection, move.table())));
        drop(connection);
        Sql.run(connection, sql.createFunction());
        Sql.run(connection, sql.createTriggers());
    }

    @Override
    public void drop(Connection connection) throws SQLException {
        for (List<String> trigger : Sql.rows(
                connection,
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(?) AND tgname = ANY (?)",
                quote(move.table()),
                names().toArray(String[]::new))) {
            Sql.run(connection, "DROP TRIGGER " + quote(trigger.get(0)) + " ON " + quote(move.table()));
        }
        Sql.run(connection, "DROP FUNCTION IF EXISTS " + named().function() + "()");
    }

    @Override
    public String definition(Connection connection) throws SQLException {
        return Sql.rows(connection, DEFINITION, quote(move.table()), names().toArray(String[]::new))
                .get(0)
                .get(0);
    }

    /** For its names alone: the table may have changed or be gone. */
    private TriggerSql named() {
        return new TriggerSql(run, ordinal, new Links(move, new Catalogue(List.of(), Map.of())));
    }
}
