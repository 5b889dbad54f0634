package dev.turnout.worker.contract;

import dev.turnout.migration.Contract.ContractStep;
import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.LookAgain;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.bookkeeping.Steps.Standing;
import dev.turnout.worker.bookkeeping.Steps.State;
import dev.turnout.worker.expand.Concurrently;
import dev.turnout.worker.expand.Expected;
import dev.turnout.worker.expand.Script;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Relaxed;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.verify.FreeNumbers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes the old side away, one step per stride. The sync triggers go in the transaction of the first irreversible step:
 * until its commit every write reaches both sides, and after it nobody needs the old one. One instance per drive; only one
 * lane may use it.
 */
public final class ContractPhase implements PhaseWork {
    /** Before the business time at which a step was applied, in what it has made. */
    private static final String AT = "at ";

    private final Concurrently concurrently = new Concurrently();

    @Override
    public Stride stride(Site site) throws SQLException {
        List<ContractStep> steps = site.spec().contract().steps();
        Optional<Standing> last = last(site);
        if (last.isPresent() && last.get().state() == State.APPLIED) {
            ContractStep step = steps.get(last.get().ordinal());
            List<String> unmet = site.database(step.on()).transaction(Limits.SCAN, connection -> {
                SearchPath.of(connection, site.spec(), step.on());
                return Expected.unmet(connection, step.verify());
            });
            if (!unmet.isEmpty()) {
                return new Stride.Stop(
                        step.title() + " has run, but the database is not as it should be",
                        unmet,
                        "mend the database and resume");
            }
        }
        int next = last.map(standing -> standing.ordinal() + (standing.state() == State.APPLIED ? 1 : 0))
                .orElse(0);
        return next < steps.size() ? apply(site, next) : end(site);
    }

    private Stride apply(Site site, int ordinal) throws SQLException {
        ContractStep step = site.spec().contract().steps().get(ordinal);
        Optional<Stride> early = tooEarly(site, ordinal, step);
        if (early.isPresent()) {
            return early.get();
        }
        if (step.endsSync() && synced(site) && !begun(site, ordinal)) {
            List<String> problems = LastCheck.problems(site);
            if (!problems.isEmpty()) {
                return new Stride.Stop(
                        "the last check before the point of no return failed; the old side is untouched",
                        problems,
                        "mend what is named and resume, or roll back");
            }
        }
        try {
            if (step.concurrently()) {
                record(site, ordinal, State.BEGUN);
                Optional<Stride.Wait> wait = concurrently.run(site.at(step.on()), step.sql());
                if (wait.isPresent()) {
                    return wait.get();
                }
                record(site, ordinal, State.APPLIED);
            } else {
                inTransaction(site, ordinal);
            }
        } catch (SQLException e) {
            return trouble(site.at(step.on()), step.title(), e);
        }
        int count = site.spec().contract().steps().size();
        return new Stride.Again(step.title() + ": has run", Progress.of(ordinal + 1, count, "steps"));
    }

    private static boolean synced(Site site) throws SQLException {
        return site.database()
                .transaction(Limits.BOOKKEEPING, connection -> !Steps.standing(connection, site, Steps.Kind.SYNC)
                        .isEmpty());
    }

    private static boolean begun(Site site, int ordinal) throws SQLException {
        return last(site).filter(standing -> standing.ordinal() == ordinal).isPresent();
    }

    private static Optional<Stride> tooEarly(Site site, int ordinal, ContractStep step) throws SQLException {
        if (step.pause().calm().isZero() || ordinal == 0 || begun(site, ordinal)) {
            return Optional.empty();
        }
        Optional<Instant> since = last(site).flatMap(standing -> standing.made().stream()
                .filter(made -> made.startsWith(AT))
                .map(made -> Instant.parse(made.substring(AT.length())))
                .findFirst());
        Instant from = since.map(at -> at.plus(step.pause().calm())).orElse(Instant.MAX);
        return site.clock().instant().isBefore(from)
                ? Optional.of(new Stride.Wait(Duration.ofSeconds(1), step.title() + " waits for calm until " + from))
                : Optional.empty();
    }

    /**
     * In PostgreSQL one transaction. In MySQL the step is BEGUN, which is the point of no return of an irreversible one,
     * before anything of the old side is let go; then old columns lose their demands, then the triggers go, then the script
     * runs. Cut anywhere, every write up to then has reached both sides or nobody needs the old one any more.
     */
    private static void inTransaction(Site site, int ordinal) throws SQLException {
        ContractStep step = site.spec().contract().steps().get(ordinal);
        Optional<Standing> before = last(site).filter(standing -> standing.ordinal() == ordinal);
        boolean elsewhere = step.on() == Side.NEW && site.spec().remote();
        if (step.endsSync() && elsewhere) {
            // There is no transaction over both servers. The flow between them has ended by now: nobody writes here.
            SchemaChange.run(site, Limits.DDL, connection -> {
                letGoOfTheOldSide(connection, site);
                return site;
            });
        }
        Site there = site.at(step.on());
        SchemaChange.apply(there, Limits.DDL, Steps.Kind.CONTRACT, standing(step, ordinal, State.BEGUN), connection -> {
            if (step.endsSync() && !elsewhere) {
                letGoOfTheOldSide(connection, site);
            }
            SearchPath.of(connection, site.spec(), step.on());
            int done = before.flatMap(standing -> standing.made().stream().findFirst())
                    .map(Integer::parseInt)
                    .orElse(0);
            Script.run(
                    connection,
                    step.sql(),
                    done,
                    before.isPresent(),
                    (same, statements) -> Steps.record(
                            same,
                            there,
                            Steps.Kind.CONTRACT,
                            standing(step, ordinal, State.BEGUN, List.of(String.valueOf(statements)))));
            return standing(
                    step, ordinal, State.APPLIED, List.of(AT + site.clock().instant()));
        });
    }

    /** Without the triggers nothing fills the old columns, so they must not insist on a value. */
    private static void letGoOfTheOldSide(Connection connection, Site site) throws SQLException {
        for (Move move : site.spec().moves()) {
            Relaxed.notNull(connection, move.table(), move.down().keySet());
        }
        SyncTriggers.remove(connection, site);
        // Nobody writes any more, and a collision is repeated, with everything that was checked before.
        if (LookAgain.waits(connection, site)) {
            throw new SQLTransactionRollbackException("rows are still to be looked at again", "40001");
        }
        // Of the tables that only the old side has written until now.
        FreeNumbers.ofNewSide(connection, site.spec());
    }

    private static Stride end(Site site) throws SQLException {
        try {
            SchemaChange.run(site, Limits.DDL, connection -> {
                // A contract without an irreversible step has kept them until now.
                letGoOfTheOldSide(connection, site);
                return site;
            });
        } catch (SQLException e) {
            return trouble(site, "removing the sync triggers", e);
        }
        return new Stride.Done("the old side is gone, every step verified");
    }

    /** The irreversible step that has run or has begun; from then on there is no way back. */
    public static Optional<String> pointOfNoReturn(Site site) throws SQLException {
        List<ContractStep> steps = site.spec().contract().steps();
        return all(site).stream()
                .filter(standing -> steps.get(standing.ordinal()).irreversible())
                .map(Standing::title)
                .findFirst();
    }

    /**
     * Takes back the last reversible step that stands.
     *
     * @return Again, Wait or Stop; Done when nothing is left
     * @throws IllegalStateException beyond the point of no return
     */
    public static Stride undo(Site site) throws SQLException {
        Optional<Standing> last = last(site);
        if (last.isEmpty()) {
            return new Stride.Done("no contract step stands");
        }
        int ordinal = last.get().ordinal();
        ContractStep step = site.spec().contract().steps().get(ordinal);
        String undo = step.undo().orElseThrow(() -> new IllegalStateException(step.title() + " has no undo"));
        String title = "taking back: " + step.title();
        try {
            if (step.concurrently()) {
                record(site, ordinal, State.BEGUN);
                Optional<Stride.Wait> wait = new Concurrently().run(site.at(step.on()), undo);
                if (wait.isPresent()) {
                    return wait.get();
                }
            }
            SchemaChange.undo(site.at(step.on()), Limits.DDL, Steps.Kind.CONTRACT, ordinal, connection -> {
                if (!step.concurrently()) {
                    SearchPath.of(connection, site.spec(), step.on());
                    Script.undo(connection, undo);
                }
                return step;
            });
        } catch (SQLException e) {
            return trouble(site.at(step.on()), title, e);
        }
        return new Stride.Again(title, Progress.of(1, ordinal + 1L, "steps"));
    }

    private static void record(Site site, int ordinal, State state) throws SQLException {
        ContractStep step = site.spec().contract().steps().get(ordinal);
        site.database(step.on()).transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Steps.record(connection, site, Steps.Kind.CONTRACT, standing(step, ordinal, state));
            return step;
        });
    }

    private static Standing standing(ContractStep step, int ordinal, State state) {
        return standing(step, ordinal, state, List.of());
    }

    private static Standing standing(ContractStep step, int ordinal, State state, List<String> made) {
        return new Standing(ordinal, step.title(), Steps.hash(step.sql()), state, made);
    }

    private static Optional<Standing> last(Site site) throws SQLException {
        List<Standing> all = all(site);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** Each is recorded where it runs. */
    private static List<Standing> all(Site site) throws SQLException {
        Map<Integer, Standing> all = new TreeMap<>();
        for (Side side : Side.values()) {
            all.putAll(site.database(side)
                    .transaction(
                            Limits.BOOKKEEPING, connection -> Steps.standing(connection, site, Steps.Kind.CONTRACT)));
        }
        return List.copyOf(all.values());
    }

    private static Stride trouble(Site site, String title, SQLException e) throws SQLException {
        if (Failure.of(e).transientLike()) {
            return Blocked.instead(site.database(), title, e);
        }
        return new Stride.Stop(
                title + " failed",
                List.of(e.getSQLState() + ": " + Failure.words(e)),
                "mend what the message names and resume");
    }
}
