package dev.turnout.worker.expand;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Ddl;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Phase;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.bookkeeping.Steps.Standing;
import dev.turnout.worker.bookkeeping.Steps.State;
import dev.turnout.worker.expand.Blueprint.Verdict;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Makes the steps of {@code make} files, one statement per stride: what is there as wanted is adopted, an invalid index is
 * built again, and what differs is refused. One instance per drive; only one lane may use it.
 *
 * <p>A statement in a transaction commits with its record. An index is built outside one, so it is recorded before: an
 * index that stands after a crash and is recorded as begun was made by the run.
 */
final class Making {
    private static final String DUPLICATE_TABLE = "42P07";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Concurrently concurrently = new Concurrently();
    private Optional<Blueprint> blueprint = Optional.empty();

    /** The blueprint beside what stands now. */
    record Look(Blueprint blueprint, Inventory live) {
        Verdict judge(ExpandStep.Make step) {
            return blueprint.judge(step, live);
        }
    }

    Look look(Site site) throws SQLException {
        if (blueprint.isEmpty()) {
            blueprint = Optional.of(derive(site));
        }
        Blueprint known = blueprint.get();
        return new Look(known, site.database().transaction(Limits.BOOKKEEPING, known::live));
    }

    private static Blueprint derive(Site site) throws SQLException {
        return site.database().transaction(Limits.DDL, connection -> {
            try {
                return Blueprint.derive(connection, site.spec().expandHere());
            } finally {
                connection.rollback();
            }
        });
    }

    /** @return empty when the step stands, recorded and as wanted */
    Optional<Stride> next(Site site, int ordinal, ExpandStep.Make step, Optional<Standing> before, Look look)
            throws SQLException {
        Verdict verdict = look.judge(step);
        if (verdict instanceof Verdict.Differs differs) {
            return Optional.of(new Stride.Stop(
                    step.title() + " finds something else under the name",
                    differs.differences(),
                    "bring what is there into the form named, drop or rename it, then resume; or roll back and let the"
                            + " spec follow it"));
        }
        boolean inPlace = verdict instanceof Verdict.InPlace;
        boolean recorded = before.isPresent() && before.get().state() != State.BEGUN;
        if (inPlace && recorded) {
            return Optional.empty();
        }
        List<String> made =
                look.blueprint().made(step).stream().map(SchemaObject::recorded).toList();
        if (inPlace) {
            boolean ours = before.isPresent();
            record(
                    site,
                    new Standing(
                            ordinal,
                            step.title(),
                            hash(step),
                            ours ? State.APPLIED : State.ADOPTED,
                            ours ? made : List.of()));
            return Optional.of(again(site, ordinal, step, ours ? "made" : "adopted: it was there already"));
        }
        Standing standing = new Standing(ordinal, step.title(), hash(step), State.APPLIED, made);
        String how = verdict instanceof Verdict.Invalid ? "its invalid index built again" : "made";
        if (step.ddl().concurrently()) {
            Optional<Stride.Wait> wait = build(site, step, standing);
            return Optional.of(wait.isPresent() ? wait.get() : again(site, ordinal, step, how));
        }
        Limits limits = step.ddl().verb() == Ddl.Verb.VALIDATE ? Limits.SCAN : Limits.DDL;
        site.database().transaction(limits, connection -> {
            Bookkeeping.fence(connection, site);
            SchemaLog.begun(connection, site, new SchemaLog.What(Phase.EXPANDING, ordinal, step.title(), false));
            if (verdict instanceof Verdict.Invalid invalid) {
                Sql.run(connection, invalid.index().drop().orElseThrow());
            }
            Sql.run(connection, step.ddl().sql());
            Steps.record(connection, site, Steps.Kind.EXPAND, standing);
            return standing;
        });
        return Optional.of(again(site, ordinal, step, how));
    }

    private Optional<Stride.Wait> build(Site site, ExpandStep.Make step, Standing done) throws SQLException {
        record(site, new Standing(done.ordinal(), done.title(), done.hash(), State.BEGUN, done.made()));
        try {
            Optional<Stride.Wait> wait = concurrently.run(site, step.ddl().sql());
            if (wait.isEmpty()) {
                record(site, done);
            }
            return wait;
        } catch (SQLException e) {
            if (!DUPLICATE_TABLE.equals(e.getSQLState())) {
                throw e;
            }
            // Of a worker that died while its build still stood in the queue: the next look judges what it has made.
            return Optional.of(new Stride.Wait(PAUSE, step.title() + " was there a moment later"));
        }
    }

    private static void record(Site site, Standing standing) throws SQLException {
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Steps.record(connection, site, Steps.Kind.EXPAND, standing);
            return standing;
        });
    }

    private static Stride again(Site site, int ordinal, ExpandStep.Make step, String how) {
        return new Stride.Again(
                step.title() + ": " + how,
                Progress.of(ordinal + 1, site.spec().expand().size(), "steps"));
    }

    private static String hash(ExpandStep.Make step) {
        return Steps.hash(step.ddl().sql());
    }

    /** Something that a rollback can take away. */
    static boolean canBeTakenBack(Standing standing) {
        return objects(standing).stream().anyMatch(object -> object.drop().isPresent());
    }

    /** What the step made, the last first. */
    static List<SchemaObject> objects(Standing standing) {
        List<SchemaObject> objects =
                new ArrayList<>(standing.made().stream().map(SchemaObject::of).toList());
        Collections.reverse(objects);
        return objects;
    }

    /**
     * Takes away what the step made, and its record.
     *
     * @return a wait when that cannot be done yet
     */
    static Optional<Stride.Wait> undo(Site site, ExpandStep.Make step, Standing standing) throws SQLException {
        if (step.ddl().concurrently()) {
            boolean called = site.database()
                    .transaction(Limits.BOOKKEEPING, c -> callOff(c, step.ddl().sql()));
            if (called) {
                return Optional.of(new Stride.Wait(PAUSE, step.title() + ": the build under way is called off"));
            }
            for (SchemaObject index : objects(standing)) {
                new Concurrently().run(site, "DROP INDEX CONCURRENTLY IF EXISTS " + quote(index.name()));
            }
        }
        site.database().transaction(Limits.DDL, connection -> {
            Bookkeeping.fence(connection, site);
            Steps.takingBack(connection, site, Steps.Kind.EXPAND, standing.ordinal());
            for (SchemaObject object : objects(standing)) {
                if (object.drop().isPresent()) {
                    Sql.run(connection, object.drop().get());
                }
            }
            Steps.forget(connection, site, Steps.Kind.EXPAND, standing.ordinal());
            return standing;
        });
        return Optional.empty();
    }

    /** Our own statement only: it would make the index again behind the rollback. */
    private static boolean callOff(Connection connection, String statement) throws SQLException {
        return !Sql.rows(connection, """
                        SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND usename = current_user AND application_name = 'turnout'
                          AND state = 'active' AND pid <> pg_backend_pid() AND query <> '' AND starts_with(?, query)""", statement).isEmpty();
    }
}
