package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The row triggers of a table that concerns transfers on MySQL, and the procedures that they call. Each is made by a statement
 * that commits alone; an installation that is cut goes on with those that are not as they should be. The procedures of a
 * transfer are shared by the tables that feed it: the last of these takes them along.
 */
record MySqlTransferTriggers(long run, Spec spec, Concerned unit) implements Triggers {
    private static final String TRIGGERS = """
            SELECT trigger_name, event_manipulation, action_statement, sql_mode, definer
            FROM information_schema.triggers
            WHERE trigger_schema = ? AND event_object_table = ? AND left(trigger_name, 12) = 'zzz_turnout_'
            ORDER BY trigger_name""";

    private static final String PROCEDURES = """
            SELECT routine_name, routine_definition, sql_mode, security_type, definer
            FROM information_schema.routines
            WHERE routine_schema = ? AND routine_type = 'PROCEDURE' AND left(routine_name, 8) = 'turnout_'
            ORDER BY routine_name""";

    @Override
    public List<String> names() {
        return Stream.of("INSERT", "UPDATE", "DELETE").map(this::name).toList();
    }

    private String name(String event) {
        return "zzz_turnout_" + run + "_" + unit.role().name().toLowerCase(Locale.ROOT) + "_" + unit.number() + "_"
                + event.toLowerCase(Locale.ROOT);
    }

    private String home(Connection connection) throws SQLException {
        return here(connection, spec.place(Side.OLD).schema());
    }

    private String schema(Connection connection) throws SQLException {
        return here(connection, unit.table().schema());
    }

    private static String here(Connection connection, Optional<String> schema) throws SQLException {
        return schema.isPresent()
                ? schema.get()
                : Sql.value(connection, "SELECT database()").orElseThrow();
    }

    @Override
    public void install(Connection connection) throws SQLException {
        List<MySqlCarrySql> carries = new ArrayList<>();
        for (int ordinal : unit.transfers()) {
            Transfer transfer = spec.transfers().get(ordinal);
            TransferSql sql = TransferSql.of(connection, spec, transfer).locking(MySqlCarrySql.LOCKED);
            carries.add(new MySqlCarrySql(home(connection), run, ordinal, sql));
        }
        Map<String, MySqlCarrySql.Procedure> procedures = new LinkedHashMap<>();
        Map<String, String> bodies;
        if (unit.feeds()) {
            carries.forEach(carry -> procedures.putAll(carry.procedures()));
            bodies = new MySqlFeedSql(feeds(carries)).bodies();
        } else {
            carries.stream()
                    .filter(carry -> !carry.sql().transfer().down().isEmpty())
                    .forEach(carry -> procedures.put(carry.backName(), new MySqlReturnSql(carry).procedure()));
            bodies = new MySqlBackSql(carries).bodies();
        }
        makeProcedures(connection, procedures);
        makeTriggers(connection, bodies);
    }

    private void makeProcedures(Connection connection, Map<String, MySqlCarrySql.Procedure> wanted)
            throws SQLException {
        Map<String, String> standing = new LinkedHashMap<>();
        procedures(connection).forEach(row -> standing.put(row.get(0), row.get(1)));
        for (Map.Entry<String, MySqlCarrySql.Procedure> procedure : wanted.entrySet()) {
            String body = standing.get(procedure.getKey());
            if (body != null && body.equals(procedure.getValue().body())) {
                continue;
            }
            if (body != null) {
                // A trigger without what it calls would fail the application's write.
                dropTriggers(connection);
                dropProcedure(connection, procedure.getKey());
            }
            Sql.statement(connection, procedure.getValue().create(home(connection)));
        }
    }

    private void makeTriggers(Connection connection, Map<String, String> bodies) throws SQLException {
        List<List<String>> standing = triggers(connection);
        for (Map.Entry<String, String> wanted : bodies.entrySet()) {
            String name = name(wanted.getKey());
            List<List<String>> there =
                    standing.stream().filter(row -> row.get(0).equals(name)).toList();
            if (there.stream().anyMatch(row -> row.get(2).equals(wanted.getValue()))) {
                continue;
            }
            if (!there.isEmpty()) {
                dropTrigger(connection, name);
            }
            Sql.statement(
                    connection,
                    "CREATE TRIGGER " + quote(schema(connection)) + "." + quote(name) + " AFTER " + wanted.getKey()
                            + " ON " + quote(schema(connection)) + "."
                            + quote(unit.table().table()) + " FOR EACH ROW " + wanted.getValue());
        }
    }

    private List<MySqlFeedSql.Feed> feeds(List<MySqlCarrySql> carries) {
        List<MySqlFeedSql.Feed> feeds = new ArrayList<>();
        for (MySqlCarrySql carry : carries) {
            Transfer transfer = carry.sql().transfer();
            if (Concerned.from(spec, transfer).equals(unit.table())) {
                feeds.add(new MySqlFeedSql.Feed(carry, ""));
            }
            transfer.touchedBy().forEach((table, condition) -> {
                if (TableName.of(table).in(spec.place(Side.OLD).schema()).equals(unit.table())) {
                    feeds.add(new MySqlFeedSql.Feed(carry, condition));
                }
            });
        }
        return feeds;
    }

    @Override
    public void drop(Connection connection) throws SQLException {
        dropTriggers(connection);
        List<String> own = ownProcedures();
        for (List<String> procedure : procedures(connection)) {
            if (own.contains(procedure.get(0)) && !called(connection, procedure.get(0))) {
                dropProcedure(connection, procedure.get(0));
            }
        }
    }

    private void dropTriggers(Connection connection) throws SQLException {
        for (List<String> trigger : triggers(connection)) {
            dropTrigger(connection, trigger.get(0));
        }
    }

    private void dropTrigger(Connection connection, String name) throws SQLException {
        Sql.statement(connection, "DROP TRIGGER IF EXISTS " + quote(schema(connection)) + "." + quote(name));
    }

    private void dropProcedure(Connection connection, String name) throws SQLException {
        Sql.statement(connection, "DROP PROCEDURE IF EXISTS " + quote(home(connection)) + "." + quote(name));
    }

    private boolean called(Connection connection, String procedure) throws SQLException {
        return !Sql.rows(connection, """
                        SELECT 1 FROM information_schema.triggers
                        WHERE left(trigger_name, 12) = 'zzz_turnout_' AND locate(?, action_statement) > 0 LIMIT 1""", quote(home(connection)) + "." + quote(procedure) + "(")
                .isEmpty();
    }

    private List<String> ownProcedures() {
        return unit.transfers().stream()
                .flatMap(ordinal -> MySqlCarrySql.procedures(run, ordinal, unit.feeds()).stream())
                .toList();
    }

    private List<List<String>> triggers(Connection connection) throws SQLException {
        return Sql.rows(connection, TRIGGERS, schema(connection), unit.table().table()).stream()
                .filter(row -> names().contains(row.get(0)))
                .toList();
    }

    private List<List<String>> procedures(Connection connection) throws SQLException {
        return Sql.rows(connection, PROCEDURES, home(connection)).stream()
                .filter(row -> ownProcedures().contains(row.get(0)))
                .toList();
    }

    @Override
    public String definition(Connection connection) throws SQLException {
        List<List<String>> triggers = triggers(connection);
        return triggers.isEmpty() ? "" : triggers.toString() + procedures(connection);
    }
}
