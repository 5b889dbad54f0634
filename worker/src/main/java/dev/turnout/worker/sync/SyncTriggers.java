package dev.turnout.worker.sync;

import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Dialect;
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
    @Override
    public Stride stride(Site site) throws SQLException {
        int count = count(site);
        for (int ordinal = 0; ordinal < count; ordinal++) {
            if (intact(site, ordinal).isEmpty()) {
                continue;
            }
            TableName table = table(site, ordinal);
            try {
                install(site, ordinal);
            } catch (SQLException e) {
                return Blocked.instead(site.database(), "adding the sync triggers of " + table, e);
            }
            return new Stride.Again("sync triggers of " + table + " stand", Progress.of(ordinal + 1, count, "steps"));
        }
        for (int ordinal = 0; ordinal < count; ordinal++) {
            analyze(site, TypedColumn.quoted(table(site, ordinal)));
        }
        return new Stride.Done("every table has its sync triggers");
    }

    /** ANALYZE TABLE of MySQL commits; it gives a row with what it has to say, and locks nothing for long. */
    private static void analyze(Site site, String table) throws SQLException {
        if (site.database().dialect().mysql()) {
            site.database().alone(Limits.SCAN, connection -> Sql.rows(connection, "ANALYZE TABLE " + table));
        } else {
            site.database().transaction(Limits.SCAN, connection -> {
                Sql.run(connection, "ANALYZE " + table);
                return table;
            });
        }
    }

    /** From its end on, every write goes to both sides. Replaces what was altered. */
    private static void install(Site site, int ordinal) throws SQLException {
        Triggers triggers = triggers(site, ordinal);
        String title = "sync triggers of " + table(site, ordinal);
        SchemaChange.apply(
                site,
                Limits.DDL,
                Steps.Kind.SYNC,
                new Steps.Standing(ordinal, title, "", Steps.State.BEGUN, triggers.names()),
                connection -> {
                    triggers.install(connection);
                    String hash = Steps.hash(triggers.definition(connection));
                    return new Steps.Standing(ordinal, title, hash, Steps.State.APPLIED, triggers.names());
                });
    }

    /**
     * Removes the triggers and functions of all tables: in PostgreSQL within the caller's transaction, in MySQL each at once.
     * Takes each table's strongest lock when there is something to remove; harmless when repeated.
     */
    public static void remove(Connection connection, Site site) throws SQLException {
        for (int ordinal : Steps.standing(connection, site, Steps.Kind.SYNC).keySet()) {
            Steps.takingBack(connection, site, Steps.Kind.SYNC, ordinal);
            triggers(site, ordinal).drop(connection);
            Steps.forget(connection, site, Steps.Kind.SYNC, ordinal);
        }
    }

    /** Gives a copy of a move's table the same triggers, for a rehearsal. Whoever made the copy takes them back. */
    public static void onCopy(Connection connection, Site site, int ordinal, String copy) throws SQLException {
        Move move = site.spec().moves().get(ordinal);
        int beside = count(site) + ordinal;
        Triggers.of(site.database().dialect(), site.run(), beside, move.of(copy))
                .install(connection);
    }

    /** Makes the triggers of a move in a database that is dropped afterwards. */
    public static void tryOut(Connection connection, Spec spec, int ordinal) throws SQLException {
        Triggers.of(Dialect.of(connection), 0, ordinal, spec.moves().get(ordinal))
                .install(connection);
    }

    /** Makes the triggers of all tables that concern transfers in databases that are dropped afterwards. */
    public static void tryOut(Connection connection, Spec spec) throws SQLException {
        for (Concerned table : Concerned.all(spec)) {
            Triggers.of(Dialect.of(connection), 0, spec, table).install(connection);
        }
    }

    /**
     * What is wrong with the triggers, one sentence per table; empty: they stand as installed and fire for everybody.
     * A write in between was not carried to the other side.
     */
    public static List<String> intact(Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        for (int ordinal = 0; ordinal < count(site); ordinal++) {
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
        if (step == null || step.state() == Steps.State.BEGUN) {
            return List.of("the sync triggers of " + table(site, ordinal) + " are not installed");
        }
        boolean same = step.hash().equals(Steps.hash(triggers(site, ordinal).definition(connection)));
        return same
                ? List.of()
                : List.of("the sync triggers of " + table(site, ordinal)
                        + " have been altered, disabled or dropped since they were installed");
    }

    /** First those of the moves, then those of the tables that concern transfers. */
    private static int count(Site site) {
        return site.spec().moves().size() + Concerned.all(site.spec()).size();
    }

    private static Triggers triggers(Site site, int ordinal) {
        List<Move> moves = site.spec().moves();
        return ordinal < moves.size()
                ? Triggers.of(site.database().dialect(), site.run(), ordinal, moves.get(ordinal))
                : Triggers.of(site.database().dialect(), site.run(), site.spec(), concerned(site, ordinal));
    }

    private static TableName table(Site site, int ordinal) {
        List<Move> moves = site.spec().moves();
        return ordinal < moves.size()
                ? TableName.of(moves.get(ordinal).table())
                : concerned(site, ordinal).table();
    }

    private static Concerned concerned(Site site, int ordinal) {
        return Concerned.all(site.spec()).get(ordinal - site.spec().moves().size());
    }
}
