package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Move;
import dev.turnout.migration.Spec;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.expand.Scratch;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/**
 * Tries the spec out in a schema that is rolled back.
 *
 * <p>Expressions can only be checked where the new columns, types and functions are. Making those on the live table and
 * rolling back would hold its strongest lock for the whole check; so they are made in a {@link Scratch}, and expressions are
 * planned there and not run. A script that writes the schema's name into its SQL does reach a live table, which is noticed
 * right after the step and ends the trial.
 */
final class ScratchCheck {
    private final Connection connection;
    private final Spec spec;
    private final Findings.Notes notes;

    ScratchCheck(Connection connection, Spec spec, Findings.Notes notes) {
        this.connection = connection;
        this.spec = spec;
        this.notes = notes;
    }

    /** What is to be done in the scratch schema once everything has passed; it is told the schema's name. */
    @FunctionalInterface
    interface Then {
        void with(String scratch) throws SQLException;
    }

    void run(Then then) throws SQLException {
        Scratch scratch = Scratch.open(
                connection,
                spec.expandHere(),
                spec.moves().stream().map(Move::table).toList());
        for (ExpandStep step : scratch.steps()) {
            if (!triedOut(step, scratch.schema())) {
                return;
            }
        }
        if (noneExists(scratch.schema())) {
            new ExpressionCheck(connection, spec, notes).run();
            if (notes.clean()) {
                then.with(scratch.schema());
            }
        }
    }

    private boolean triedOut(ExpandStep step, String scratch) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            List<String> differences = Expand.tryOut(connection, step);
            differences.forEach(difference ->
                    notes.problem("expand: " + difference, "drop or rename what is there, or let the spec follow it"));
            return differences.isEmpty() && touchesNoLiveTable(step, scratch);
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            connection.rollback(before);
            notes.problem("expand: " + step.title() + " fails: " + Failure.words(e), "mend its SQL");
            return false;
        }
    }

    private boolean touchesNoLiveTable(ExpandStep step, String scratch) throws SQLException {
        List<List<String>> touched = Sql.rows(connection, """
                SELECT DISTINCT l.relation::regclass FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'p')
                  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
                  AND n.nspname NOT IN (?, 'pg_catalog') AND n.nspname NOT LIKE 'pg\\_t%'""", scratch);
        touched.forEach(
                table -> notes.warning(
                        "expand: " + step.title() + " names the schema of " + table.get(0)
                                + ", so it cannot be tried out beside the live tables; mistakes behind it show when the run meets them"));
        return touched.isEmpty();
    }

    /** A type or function of the scratch schema that the live one has too would collide when the step runs for real. */
    private boolean noneExists(String scratch) throws SQLException {
        List<List<String>> existing = Sql.rows(
                connection, """
                SELECT 'type ' || typname FROM pg_type y
                WHERE typnamespace = ?::regnamespace AND typtype IN ('e', 'd', 'r') AND NOT (typname = ANY (?)) AND EXISTS (
                  SELECT FROM pg_type o WHERE o.typname = y.typname
                    AND o.typnamespace = (current_schemas(false))[2]::regnamespace)
                UNION ALL
                SELECT 'function ' || proname FROM pg_proc p
                WHERE pronamespace = ?::regnamespace AND EXISTS (
                  SELECT FROM pg_proc o WHERE o.proname = p.proname AND o.proargtypes = p.proargtypes
                    AND o.pronamespace = (current_schemas(false))[2]::regnamespace)""", quote(scratch), connection.createArrayOf("text", adoptable()), quote(scratch));
        existing.forEach(object -> notes.problem(
                "expand: there is a " + object.get(0) + " already, but the step that makes it is not in place",
                "drop it, or let the step's verify tell that it is as wanted"));
        return existing.isEmpty();
    }

    /** Types of {@code make} steps: those are compared with what is there. */
    private Object[] adoptable() {
        return spec.expand().stream()
                .filter(ExpandStep.Make.class::isInstance)
                .map(step -> ((ExpandStep.Make) step).ddl().target())
                .toArray();
    }
}
