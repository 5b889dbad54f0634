package dev.turnout.worker.expand;

import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.bookkeeping.Steps.Standing;
import dev.turnout.worker.bookkeeping.Steps.State;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes what the new side needs, one step per stride; a step commits with its record, so a repetition goes on behind it. One
 * instance per drive; only one lane may use it.
 *
 * <p>A step is verified after its commit and not before, because it holds locks until then. One that is found in place
 * without a record was there before the run: it is adopted, and stays when the run is rolled back.
 */
public final class Expand implements PhaseWork {
    /** MySQL may have to build a table anew, beside the writes of applications; the wait for its lock is as short. */
    private static final Limits LIMITS = new Limits(Limits.DDL.lock(), Limits.SCAN.statement(), 1);

    private final Making making = new Making();

    @Override
    public Stride stride(Site site) throws SQLException {
        List<ExpandStep> steps = site.spec().expand();
        Map<Integer, Standing> standing = standing(site);
        Optional<Making.Look> look = Optional.empty();
        for (int ordinal = 0; ordinal < steps.size(); ordinal++) {
            Optional<Standing> before = Optional.ofNullable(standing.get(ordinal));
            Optional<Stride> stride;
            if (steps.get(ordinal) instanceof ExpandStep.Make make) {
                try {
                    look = Optional.of(look.isPresent() ? look.get() : making.look(site));
                    stride = making.next(site, ordinal, make, before, look.get());
                } catch (SQLException e) {
                    stride = Optional.of(
                            trouble(site, make.title(), e, make.ddl().names()));
                }
            } else {
                stride = next(site.at(on(site, ordinal)), ordinal, Change.of(steps.get(ordinal)), before);
            }
            if (stride.isPresent()) {
                return stride.get();
            }
        }
        return new Stride.Done(
                "every expand step is in place and verified",
                Map.of(
                        "made", titles(standing.values(), State.APPLIED),
                        "adopted", titles(standing.values(), State.ADOPTED)));
    }

    /** What stands in the databases of both sides, by ordinal. */
    private static Map<Integer, Standing> standing(Site site) throws SQLException {
        Map<Integer, Standing> standing = new TreeMap<>();
        for (Side side : Side.values()) {
            standing.putAll(site.database(side)
                    .transaction(
                            Limits.BOOKKEEPING, connection -> Steps.standing(connection, site, Steps.Kind.EXPAND)));
        }
        return standing;
    }

    private static List<String> titles(Collection<Standing> standing, State state) {
        return standing.stream()
                .filter(step -> step.state() == state)
                .map(Standing::title)
                .toList();
    }

    /** @return empty when the step stands, recorded and verified */
    private static Optional<Stride> next(Site site, int ordinal, Change change, Optional<Standing> before)
            throws SQLException {
        boolean made = before.isPresent() && before.get().state() != State.BEGUN;
        if (!made) {
            Optional<Stride> trouble = apply(site, ordinal, change, before);
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        List<String> unmet = verify(site, ordinal, change);
        if (!unmet.isEmpty()) {
            return Optional.of(new Stride.Stop(
                    change.title() + " has run, but the database is not as it should be",
                    unmet,
                    "mend the database and resume, or roll back"));
        }
        return made
                ? Optional.empty()
                : Optional.of(new Stride.Again(
                        change.title() + ": verified",
                        Progress.of(ordinal + 1, site.spec().expand().size(), "steps")));
    }

    private static Optional<Stride> apply(Site site, int ordinal, Change change, Optional<Standing> before)
            throws SQLException {
        try {
            List<String> missing = site.database().transaction(Limits.DDL, in(site, ordinal, change::missing));
            Standing begun = before.orElse(step(ordinal, change, State.BEGUN, missing));
            boolean there =
                    before.isEmpty() && site.database().transaction(Limits.DDL, in(site, ordinal, change::inPlace));
            if (there) {
                adopt(site, step(ordinal, change, State.ADOPTED, List.of()));
            } else {
                SchemaChange.apply(site, LIMITS, Steps.Kind.EXPAND, begun, connection -> {
                    SearchPath.of(connection, site.spec(), on(site, ordinal));
                    List<String> made = change.apply(connection, begun.made(), mark(site, ordinal, change));
                    // What an attempt before this one has made is not there to be made any more, and ours all the same.
                    boolean planned = site.database().dialect().mysql() && change instanceof ColumnsChange;
                    return step(ordinal, change, State.APPLIED, planned ? begun.made() : made);
                });
            }
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(trouble(site, change.title(), e, Set.of()));
        }
    }

    private static void adopt(Site site, Standing standing) throws SQLException {
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Steps.record(connection, site, Steps.Kind.EXPAND, standing);
            return standing;
        });
    }

    private static Script.Mark mark(Site site, int ordinal, Change change) {
        return (connection, statements) -> Steps.record(
                connection,
                site,
                Steps.Kind.EXPAND,
                step(ordinal, change, State.BEGUN, List.of(String.valueOf(statements))));
    }

    private static Standing step(int ordinal, Change change, State state, List<String> made) {
        return new Standing(ordinal, change.title(), change.hash(), state, made);
    }

    private static List<String> verify(Site site, int ordinal, Change change) throws SQLException {
        return site.database().transaction(Limits.SCAN, in(site, ordinal, change::unmet));
    }

    /** Work that finds names where the step's side lives. */
    private static <T> Work<T> in(Site site, int ordinal, Work<T> work) {
        return connection -> {
            SearchPath.of(connection, site.spec(), on(site, ordinal));
            return work.with(connection);
        };
    }

    /** The side that a step changes. */
    private static Side on(Site site, int ordinal) {
        return site.spec().expand().get(ordinal) instanceof ExpandStep.Run run ? run.on() : Side.OLD;
    }

    /**
     * Takes back, in reverse order, the steps that the run itself made; one per call. Harmless when repeated, and without
     * the bookkeeping's rows does nothing.
     *
     * @return Again, Wait or Stop; Done when nothing is left, with the steps that stay as the report
     */
    public static Stride undo(Site site) throws SQLException {
        List<ExpandStep> steps = site.spec().expand();
        List<Standing> standing = List.copyOf(standing(site).values());
        List<Standing> ours = standing.stream()
                .filter(step -> step.state() != State.ADOPTED
                        && (!(steps.get(step.ordinal()) instanceof ExpandStep.Make) || Making.canBeTakenBack(step)))
                .toList();
        if (ours.isEmpty()) {
            return takenBack(steps, standing);
        }
        Standing last = ours.get(ours.size() - 1);
        String title = "taking back: " + last.title();
        try {
            Optional<Stride.Wait> wait = steps.get(last.ordinal()) instanceof ExpandStep.Make make
                    ? Making.undo(site, make, last)
                    : undo(site.at(on(site, last.ordinal())), Change.of(steps.get(last.ordinal())), last);
            if (wait.isPresent()) {
                return wait.get();
            }
        } catch (SQLException e) {
            return trouble(site.at(on(site, last.ordinal())), title, e, Set.of());
        }
        return new Stride.Again(title, Progress.of(1, ours.size(), "steps"));
    }

    private static Optional<Stride.Wait> undo(Site site, Change change, Standing last) throws SQLException {
        SchemaChange.undo(site, LIMITS, Steps.Kind.EXPAND, last.ordinal(), connection -> {
            SearchPath.of(connection, site.spec(), on(site, last.ordinal()));
            change.undo(connection, last.made());
            return last;
        });
        return Optional.empty();
    }

    private static Stride takenBack(List<ExpandStep> steps, List<Standing> standing) {
        List<String> adopted = titles(standing, State.ADOPTED);
        List<String> beyond = standing.stream()
                .filter(step -> step.state() != State.ADOPTED && steps.get(step.ordinal()) instanceof ExpandStep.Make)
                .flatMap(step -> Making.objects(step).stream())
                .map(SchemaObject::words)
                .toList();
        String because = "every expand step is taken back"
                + (adopted.isEmpty() ? "" : " but for " + adopted.size() + " that were there before the run")
                + (beyond.isEmpty() ? "" : "; PostgreSQL cannot take back: " + String.join(", ", beyond));
        return new Stride.Done(because, Map.of("kept, there before the run", adopted, "cannot be taken back", beyond));
    }

    /** True when all that the step makes is there already, so that a run would adopt it. */
    public static boolean inPlace(Connection connection, ExpandStep step) throws SQLException {
        return Change.of(step).inPlace(connection);
    }

    /**
     * Makes the step in the caller's transaction, in whatever schema its search path finds, for a check that is rolled
     * back. What the verify queries of a script give is not judged: they may count rows of tables that are empty here.
     *
     * @return differences of columns that are there already
     */
    public static List<String> tryOut(Connection connection, ExpandStep step) throws SQLException {
        if (step instanceof ExpandStep.Make make) {
            Sql.run(connection, make.ddl().inTransaction());
            return List.of();
        }
        Change change = Change.of(step);
        change.apply(connection, List.of(), (same, statements) -> {});
        List<String> unmet = change.unmet(connection);
        return step instanceof ExpandStep.Columns ? unmet : List.of();
    }

    private static Stride trouble(Site site, String title, SQLException e, Set<String> tables) throws SQLException {
        if (Failure.of(e).transientLike()) {
            return Blocked.instead(site.database(), title, e, tables);
        }
        return new Stride.Stop(
                title + " failed; "
                        + (site.database().dialect().mysql()
                                ? "the statements before the one that failed stand"
                                : "nothing of it was kept"),
                List.of(e.getSQLState() + ": " + Failure.words(e)),
                "mend what the message names and resume, or roll back");
    }
}
