package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Four triggers, each made by a statement that commits alone; so an installation may be cut between any two and goes on with
 * those that are not as they should be. They keep the SQL mode and run with the rights of the session that made them.
 */
record MySqlTriggers(long run, int ordinal, Move move) implements Triggers {
    private static final String STANDING = """
            SELECT trigger_name, action_timing || ' ' || event_manipulation, event_object_table, action_statement,
                   sql_mode, definer
            FROM information_schema.triggers
            WHERE trigger_schema = database() AND left(trigger_name, 12) = 'zzz_turnout_' ORDER BY trigger_name""";

    @Override
    public List<String> names() {
        return named().triggers();
    }

    @Override
    public void install(Connection connection) throws SQLException {
        MySqlTriggerSql sql =
                new MySqlTriggerSql(run, ordinal, new Links(move, Catalogue.read(connection, move.table())));
        List<List<String>> standing = standing(connection);
        for (Map.Entry<String, MySqlTriggerSql.Definition> wanted :
                sql.definitions().entrySet()) {
            String name = wanted.getKey();
            List<List<String>> there =
                    standing.stream().filter(row -> row.get(0).equals(name)).toList();
            boolean same = there.stream()
                    .anyMatch(row -> row.get(1).equals(wanted.getValue().event())
                            && row.get(2).equals(move.table())
                            && row.get(3).equals(wanted.getValue().body()));
            if (same) {
                continue;
            }
            if (!there.isEmpty()) {
                Sql.statement(connection, "DROP TRIGGER " + quote(name));
            }
            Sql.statement(connection, sql.create(name, wanted.getValue()));
        }
    }

    @Override
    public void drop(Connection connection) throws SQLException {
        // BEFORE first: an AFTER that is left alone finds nothing to put aside.
        List<String> standing =
                standing(connection).stream().map(row -> row.get(0)).toList();
        for (int i = names().size() - 1; i >= 0; i--) {
            if (standing.contains(names().get(i))) {
                Sql.statement(connection, "DROP TRIGGER " + quote(names().get(i)));
            }
        }
    }

    @Override
    public String definition(Connection connection) throws SQLException {
        List<List<String>> standing = standing(connection);
        return standing.isEmpty() ? "" : standing.toString();
    }

    private List<List<String>> standing(Connection connection) throws SQLException {
        return Sql.rows(connection, STANDING).stream()
                .filter(row -> names().contains(row.get(0)))
                .toList();
    }

    /** For its names alone: the table may have changed or be gone. */
    private MySqlTriggerSql named() {
        return new MySqlTriggerSql(run, ordinal, new Links(move, new Catalogue(List.of(), Map.of())));
    }
}
