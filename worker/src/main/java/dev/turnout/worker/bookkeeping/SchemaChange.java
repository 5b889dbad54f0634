package dev.turnout.worker.bookkeeping;

import dev.turnout.worker.bookkeeping.Steps.Kind;
import dev.turnout.worker.bookkeeping.Steps.Standing;
import dev.turnout.worker.bookkeeping.Steps.State;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.util.List;

/**
 * Runs DDL under the fence and keeps record of it. Stateless and thread-safe.
 *
 * <p>PostgreSQL does both in one transaction. MySQL commits before and after each DDL, so there the step is BEGUN before and
 * APPLIED after, the DDL runs on a connection of its own, and another one holds the fence meanwhile: nobody else can take
 * the run over between the check and the change. A repetition finds the step BEGUN, so the change must go on wherever it was
 * cut.
 */
public final class SchemaChange {
    private SchemaChange() {}

    /**
     * @param begun how the step is recorded while it is under way, where that takes a record of its own
     * @param change the statements; gives the record that stays
     */
    public static void apply(Site site, Limits limits, Kind kind, Standing begun, Work<Standing> change)
            throws SQLException {
        try {
            tried(site, limits, kind, begun, change);
        } catch (SQLException e) {
            failed(site, kind.what(begun, false), e);
            throw e;
        }
    }

    private static void tried(Site site, Limits limits, Kind kind, Standing begun, Work<Standing> change)
            throws SQLException {
        if (!site.database().dialect().mysql()) {
            site.database().transaction(limits, connection -> {
                Bookkeeping.fence(connection, site);
                SchemaLog.begun(connection, site, kind.what(begun, false));
                Standing standing = change.with(connection);
                Steps.record(connection, site, kind, standing);
                return standing;
            });
            return;
        }
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Standing before = Steps.standing(connection, site, kind).get(begun.ordinal());
            if (before == null || before.state() != State.BEGUN) {
                Steps.record(connection, site, kind, begun);
            } else {
                SchemaLog.begun(connection, site, kind.what(begun, false));
            }
            return begun;
        });
        site.database().transaction(Limits.BOOKKEEPING.attempts(1), connection -> {
            Bookkeeping.fence(connection, site);
            Standing standing = site.database().alone(limits, change);
            Steps.record(connection, site, kind, standing);
            return standing;
        });
    }

    /** The failure itself is what counts: that it cannot be logged hides nothing of it. */
    private static void failed(Site site, SchemaLog.What what, SQLException e) {
        try {
            SchemaLog.failed(site, what, e);
        } catch (SQLException unlogged) {
            e.addSuppressed(unlogged);
        }
    }

    /** {@link #run}, of something that operators find in the log. */
    public static void logged(Site site, Limits limits, SchemaLog.What what, Work<?> change) throws SQLException {
        try {
            if (site.database().dialect().mysql()) {
                site.database().transaction(Limits.BOOKKEEPING, connection -> {
                    Bookkeeping.fence(connection, site);
                    SchemaLog.begun(connection, site, what);
                    return what;
                });
            }
            run(site, limits, connection -> {
                SchemaLog.begun(connection, site, what);
                change.with(connection);
                SchemaLog.applied(connection, site, what);
                return what;
            });
        } catch (SQLException e) {
            failed(site, what, e);
            throw e;
        }
    }

    /** Statements that need no record: those that take something back, or are the same when repeated. */
    public static void run(Site site, Limits limits, Work<?> change) throws SQLException {
        if (!site.database().dialect().mysql()) {
            site.database().transaction(limits, connection -> {
                Bookkeeping.fence(connection, site);
                return change.with(connection);
            });
            return;
        }
        site.database().transaction(Limits.BOOKKEEPING.attempts(1), connection -> {
            Bookkeeping.fence(connection, site);
            return site.database().alone(limits, change);
        });
    }

    /** Takes a change back, and its record with it or after it. */
    public static void undo(Site site, Limits limits, Kind kind, int ordinal, Work<?> change) throws SQLException {
        run(site, limits, connection -> {
            Steps.takingBack(connection, site, kind, ordinal);
            change.with(connection);
            Steps.forget(connection, site, kind, ordinal);
            return List.of();
        });
    }
}
