package dev.turnout.worker.reverse;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.contract.ContractPhase;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.Relaxed;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.verify.Agreement;
import dev.turnout.worker.verify.FreeNumbers;
import dev.turnout.worker.verify.Leftovers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Takes back everything that the run made, in reverse order, and leaves the old columns as they are. To be called once no
 * application uses the new side any more. Refuses when that would lose something. Stateless and thread-safe.
 */
public final class Rollback implements PhaseWork {
    private static final int NAMED_ROWS = 20;

    @Override
    public Stride stride(Site site) throws SQLException {
        Optional<String> beyond = ContractPhase.pointOfNoReturn(site);
        if (beyond.isPresent()) {
            return new Stride.Stop(
                    "there is no way back any more",
                    List.of("'" + beyond.get() + "' has run and cannot be undone"),
                    "resume the contract; what is lost comes from the backup alone");
        }
        Stride contract = ContractPhase.undo(site);
        if (!(contract instanceof Stride.Done)) {
            return contract;
        }
        return synced(site) ? letGoOfTheNewSide(site) : undoExpand(site);
    }

    private static boolean synced(Site site) throws SQLException {
        return site.database()
                .transaction(Limits.BOOKKEEPING, connection -> !Steps.standing(connection, site, Steps.Kind.SYNC)
                        .isEmpty());
    }

    private static Stride letGoOfTheNewSide(Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        for (Move move : site.spec().moves()) {
            problems.addAll(inexpressible(site, move));
        }
        for (Transfer transfer : site.spec().transfers()) {
            // Where there is no way back, the triggers have refused every write of the new application.
            if (!site.spec().remote(transfer) && !transfer.down().isEmpty()) {
                problems.addAll(Agreement.onlyNew(site, transfer));
            }
        }
        if (!problems.isEmpty()) {
            return new Stride.Stop(
                    "going back would lose what only the new side holds; nothing was taken back",
                    problems,
                    "bring the named rows into a form that the old side knows, and roll back again");
        }
        try {
            // In one transaction where there is such a thing for DDL, and in this order where there is not: without the
            // triggers an old application could not fill what is NOT NULL by now.
            SchemaChange.run(site, Limits.DDL, connection -> {
                Leftovers.remove(connection, site);
                for (Move move : site.spec().moves()) {
                    Relaxed.checks(connection, move.table(), move.up().keySet());
                    Relaxed.notNull(connection, move.table(), required(move));
                }
                SyncTriggers.remove(connection, site);
                FreeNumbers.ofOldSide(connection, site.spec());
                return site;
            });
        } catch (SQLException e) {
            return Blocked.instead(site.database(), "removing the sync triggers", e);
        }
        return new Stride.Again(
                "the sync triggers are gone",
                Progress.of(0, site.spec().expand().size(), "steps"));
    }

    /** What a new column was before the run is not known for one that the application had already: it stays. */
    private static Collection<String> required(Move move) {
        return move.scope().settles() ? move.required() : move.up().keySet();
    }

    /** A comparison that fails says nothing, so it counts as a reason to stay. */
    private static List<String> inexpressible(Site site, Move move) throws SQLException {
        try {
            return site.database().transaction(Limits.SCAN, connection -> inexpressible(connection, site, move));
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            return List.of(move.table() + ": old and new cannot be compared: " + Failure.words(e));
        }
    }

    /**
     * Rows with a new value that does not follow from their old ones. A row that was never filled has none, and one that
     * is put aside has its last word on the old side.
     */
    private static List<String> inexpressible(Connection connection, Site site, Move move) throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        KeySql key = KeySql.of(connection, move);
        String filled = move.up().keySet().stream()
                .map(column -> "old." + quote(column) + " IS NOT NULL")
                .collect(joining(" OR "));
        String lost = " FROM " + mapping.tableAsOld() + " WHERE CASE WHEN NOT (" + filled + ") THEN false WHEN "
                + RejectedRows.isRejected(site, move, key) + " THEN false ELSE " + mapping.beyondOldSide() + " END";
        List<List<String>> named =
                Sql.rows(connection, "SELECT " + key.dialect().asText(key.asJson()) + lost + " LIMIT " + NAMED_ROWS);
        if (named.isEmpty()) {
            return List.of();
        }
        String count = Sql.value(connection, "SELECT count(*)" + lost).orElseThrow();
        return List.of("%s: %s rows hold new values that their old ones do not give, for example %s"
                .formatted(
                        move.table(),
                        count,
                        named.stream().map(row -> row.get(0)).collect(joining(", "))));
    }

    private static Stride undoExpand(Site site) throws SQLException {
        Stride expand = Expand.undo(site);
        if (!(expand instanceof Stride.Done taken)) {
            return expand;
        }
        for (Side side : Side.values()) {
            site.database(side).transaction(Limits.BOOKKEEPING, connection -> {
                Bookkeeping.fence(connection, site);
                forRun(connection, site, "DELETE FROM turnout.chunk WHERE run = ?");
                forRun(connection, site, "DELETE FROM turnout.changelog WHERE run = ?");
                forRun(
                        connection,
                        site,
                        "UPDATE turnout.rejected SET resolved_at = "
                                + site.database(side).dialect().now() + " WHERE run = ? AND resolved_at IS NULL");
                return site;
            });
        }
        return new Stride.Done("the schema is as it was before the run: " + taken.because(), taken.report());
    }

    private static void forRun(Connection connection, Site site, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, site.run());
            statement.executeUpdate();
        }
    }
}
