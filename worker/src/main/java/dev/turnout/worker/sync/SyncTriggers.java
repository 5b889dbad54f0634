package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Installs the triggers that keep both sides alike, one table per stride, and brings the statistics of the tables up to
 * date, which the backfill's statements need. Stateless and thread-safe.
 */
public final class SyncTriggers implements PhaseWork {
    /** Changes whenever the function, a trigger or its state is changed by anybody. */
    private static final String DEFINITION = """
            SELECT coalesce(string_agg(
                     pg_get_functiondef(t.tgfoid) || pg_get_triggerdef(t.oid) || t.tgenabled::text, '' ORDER BY t.tgname), '')
            FROM pg_trigger t
            WHERE t.tgrelid = to_regclass(?) AND t.tgname = ANY (?)""";

    @Override
    public Stride stride(Site site) throws SQLException {
        List<Move> moves = site.spec().moves();
        for (int ordinal = 0; ordinal < moves.size(); ordinal++) {
            if (intact(site, ordinal).isEmpty()) {
                continue;
            }
            String table = moves.get(ordinal).table();
            try {
                install(site, ordinal);
            } catch (SQLException e) {
                return Blocked.instead(site.database(), "adding the sync triggers of " + table, e);
            }
            return new Stride.Again(
                    "sync triggers of " + table + " stand", Progress.of(ordinal + 1, moves.size(), "steps"));
        }
        for (Move move : moves) {
            site.database().transaction(Limits.SCAN, connection -> {
                Sql.run(connection, "ANALYZE " + quote(move.table()));
                return move;
            });
        }
        return new Stride.Done("every table has its sync triggers");
    }

    /** One transaction: from its commit on, every write goes to both sides. Replaces what was altered. */
    private static void install(Site site, int ordinal) throws SQLException {
        site.database().transaction(Limits.DDL, connection -> {
            Bookkeeping.fence(connection, site);
            TriggerSql sql = sql(connection, site, ordinal);
            drop(connection, site, ordinal);
            Sql.run(connection, sql.createFunction());
            Sql.run(connection, sql.createTriggers());
            Steps.record(
                    connection,
                    site,
                    Steps.Kind.SYNC,
                    new Steps.Standing(
                            ordinal,
                            "sync triggers of " + table(site, ordinal),
                            Steps.hash(definition(connection, site, ordinal)),
                            Steps.State.APPLIED,
                            sql.triggers()));
            return sql;
        });
    }

    /**
     * Removes the triggers and functions of all tables within the caller's transaction. Takes each table's strongest lock
     * when there is something to remove; harmless when repeated.
     */
    public static void remove(Connection connection, Site site) throws SQLException {
        Bookkeeping.fence(connection, site);
        for (int ordinal : Steps.standing(connection, site, Steps.Kind.SYNC).keySet()) {
            drop(connection, site, ordinal);
            Steps.forget(connection, site, Steps.Kind.SYNC, ordinal);
        }
    }

    private static void drop(Connection connection, Site site, int ordinal) throws SQLException {
        TriggerSql sql = names(site, ordinal);
        for (List<String> trigger : Sql.rows(
                connection,
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(?) AND tgname = ANY (?)",
                quote(table(site, ordinal)),
                sql.triggers().toArray(String[]::new))) {
            Sql.run(connection, "DROP TRIGGER " + quote(trigger.get(0)) + " ON " + quote(table(site, ordinal)));
        }
        Sql.run(connection, "DROP FUNCTION IF EXISTS " + sql.function() + "()");
    }

    /**
     * Gives a copy of a move's table the same function and triggers, for a rehearsal. The caller's transaction must take
     * them back.
     */
    public static void onCopy(Connection connection, Site site, int ordinal, String copy) throws SQLException {
        Move move = site.spec().moves().get(ordinal);
        Move same = new Move(
                copy, move.key(), move.up(), move.down(), move.required(), move.references(), move.maxRejected());
        int beside = site.spec().moves().size() + ordinal;
        TriggerSql sql = new TriggerSql(site.run(), beside, new Links(same, Catalogue.read(connection, copy)));
        Sql.run(connection, sql.createFunction());
        Sql.run(connection, sql.createTriggers());
    }

    /**
     * What is wrong with the triggers, one sentence per table; empty: they stand as installed and fire for everybody.
     * A write in between was not carried to the other side.
     */
    public static List<String> intact(Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        for (int ordinal = 0; ordinal < site.spec().moves().size(); ordinal++) {
            problems.addAll(intact(site, ordinal));
        }
        return problems;
    }

    private static List<String> intact(Site site, int ordinal) throws SQLException {
        return site.database()
                .transaction(Limits.BOOKKEEPING.attempts(1), connection -> intact(connection, site, ordinal));
    }

    /** {@link #intact(Site)} of one move within the caller's transaction. After a write to the table it stays true there. */
    public static List<String> intact(Connection connection, Site site, int ordinal) throws SQLException {
        Map<Integer, Steps.Standing> standing = Steps.standing(connection, site, Steps.Kind.SYNC);
        Steps.Standing step = standing.get(ordinal);
        if (step == null) {
            return List.of("the sync triggers of " + table(site, ordinal) + " are not installed");
        }
        boolean same = step.hash().equals(Steps.hash(definition(connection, site, ordinal)));
        return same
                ? List.of()
                : List.of("the sync triggers of " + table(site, ordinal)
                        + " have been altered, disabled or dropped since they were installed");
    }

    private static String definition(Connection connection, Site site, int ordinal) throws SQLException {
        return Sql.rows(
                        connection,
                        DEFINITION,
                        quote(table(site, ordinal)),
                        names(site, ordinal).triggers().toArray(String[]::new))
                .get(0)
                .get(0);
    }

    private static TriggerSql sql(Connection connection, Site site, int ordinal) throws SQLException {
        Move move = site.spec().moves().get(ordinal);
        return new TriggerSql(site.run(), ordinal, new Links(move, Catalogue.read(connection, move.table())));
    }

    /** For its names alone: the table may have changed or be gone. */
    private static TriggerSql names(Site site, int ordinal) {
        Move move = site.spec().moves().get(ordinal);
        return new TriggerSql(site.run(), ordinal, new Links(move, new Catalogue(List.of(), Map.of())));
    }

    private static String table(Site site, int ordinal) {
        return site.spec().moves().get(ordinal).table();
    }
}
