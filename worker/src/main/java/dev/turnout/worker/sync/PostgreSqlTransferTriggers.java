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

/** The function of a table that concerns transfers, and the statement triggers that call it; in the caller's transaction. */
record PostgreSqlTransferTriggers(long run, Spec spec, Concerned unit) implements Triggers {
    private static final String DEFINITION = """
            SELECT coalesce((SELECT string_agg(pg_get_triggerdef(t.oid) || t.tgenabled::text, '' ORDER BY t.tgname)
                             FROM pg_trigger t WHERE t.tgrelid = to_regclass(?) AND t.tgname = ANY (?)), '')
                || coalesce((SELECT string_agg(pg_get_functiondef(p.oid), '' ORDER BY p.proname) FROM pg_proc p
                             WHERE p.pronamespace = 'turnout'::regnamespace AND p.proname = ANY (?)), '')""";

    @Override
    public List<String> names() {
        return named(List.of()).triggers();
    }

    private TriggerNames named(List<String> searchPath) {
        return new TriggerNames(
                run,
                unit.role().name().toLowerCase(Locale.ROOT),
                unit.number(),
                searchPath,
                "keeps old and new rows alike when " + unit.table() + " is written, for run " + run);
    }

    private String table() {
        return TypedColumn.quoted(unit.table());
    }

    @Override
    public void install(Connection connection) throws SQLException {
        dropTriggers(connection);
        List<CarrySql> carries = new ArrayList<>();
        for (int ordinal : unit.transfers()) {
            carries.add(carry(connection, ordinal));
        }
        TriggerNames names = named(searchPath(connection));
        if (unit.feeds()) {
            for (CarrySql carry : carries) {
                Sql.run(connection, carry.create());
            }
            Sql.run(connection, new FeedSql(names, table(), feeds(carries)).create());
        } else {
            Sql.run(connection, new BackSql(names, table(), carries).create());
        }
    }

    private CarrySql carry(Connection connection, int ordinal) throws SQLException {
        TransferSql sql = TransferSql.of(connection, spec, spec.transfers().get(ordinal));
        boolean cascades = !Sql.rows(
                        connection,
                        "SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = to_regclass(?) AND confdeltype <> 'a'",
                        sql.into())
                .isEmpty();
        return new CarrySql(run, ordinal, sql, !cascades);
    }

    private List<FeedSql.Feed> feeds(List<CarrySql> carries) {
        List<FeedSql.Feed> feeds = new ArrayList<>();
        for (CarrySql carry : carries) {
            Transfer transfer = carry.sql().transfer();
            if (Concerned.from(spec, transfer).equals(unit.table())) {
                Map<String, String> feeders = new LinkedHashMap<>();
                transfer.touchedBy()
                        .forEach((table, condition) -> feeders.put(TypedColumn.quoted(old(table)), condition));
                feeds.add(FeedSql.Feed.own(carry, feeders));
            }
            transfer.touchedBy().forEach((table, condition) -> {
                if (old(table).equals(unit.table())) {
                    feeds.add(FeedSql.Feed.touched(carry, condition));
                }
            });
        }
        return feeds;
    }

    private TableName old(String table) {
        return TableName.of(table).in(spec.place(Side.OLD).schema());
    }

    /** In which the expressions find names: of up where the old side lives, of down where the new one does. */
    private List<String> searchPath(Connection connection) throws SQLException {
        List<String> path = new ArrayList<>();
        List<Side> sides = unit.feeds() ? List.of(Side.OLD) : List.of(Side.NEW, Side.OLD);
        sides.forEach(side -> spec.place(side).schema().ifPresent(path::add));
        Sql.rows(connection, "SELECT unnest(current_schemas(false))").forEach(row -> path.add(row.get(0)));
        return path.stream().distinct().toList();
    }

    @Override
    public void drop(Connection connection) throws SQLException {
        dropTriggers(connection);
        Object functions = functions();
        for (List<String> function : Sql.rows(connection, """
                SELECT oid::regprocedure FROM pg_proc
                WHERE pronamespace = 'turnout'::regnamespace AND proname = ANY (?)""", functions)) {
            Sql.run(connection, "DROP FUNCTION " + function.get(0));
        }
    }

    private void dropTriggers(Connection connection) throws SQLException {
        for (List<String> trigger : Sql.rows(
                connection,
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(?) AND tgname = ANY (?)",
                table(),
                names().toArray(String[]::new))) {
            Sql.run(connection, "DROP TRIGGER " + quote(trigger.get(0)) + " ON " + table());
        }
    }

    /** Bare names of what the triggers run. */
    private String[] functions() {
        List<String> functions = new ArrayList<>(List.of(named(List.of()).function()));
        for (int ordinal : unit.transfers()) {
            functions.addAll(CarrySql.functions(run, ordinal, unit.feeds()));
            if (unit.feeds()) {
                functions.add(CarrySql.touchesName(run, ordinal, unit.number()));
            }
        }
        return functions.toArray(String[]::new);
    }

    @Override
    public String definition(Connection connection) throws SQLException {
        return Sql.rows(connection, DEFINITION, table(), names().toArray(String[]::new), functions())
                .get(0)
                .get(0);
    }
}
