package dev.turnout.worker.reverse;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
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
        if (!problems.isEmpty()) {
            return new Stride.Stop(
                    "going back would lose what only the new side holds; nothing was taken back",
                    problems,
                    "bring the named rows into a form that the old side knows, and roll back again");
        }
        try {
            // In one transaction: without the triggers an old application could not fill what is NOT NULL by now.
            site.database().transaction(Limits.DDL, connection -> {
                SyncTriggers.remove(connection, site);
                for (Move move : site.spec().moves()) {
                    Relaxed.checks(connection, move.table(), move.up().keySet());
                    Relaxed.notNull(connection, move.table(), move.up().keySet());
                }
                return site;
            });
        } catch (SQLException e) {
            return Blocked.instead(site.database(), "removing the sync triggers", e);
        }
        return new Stride.Again(
                "the sync triggers are gone",
                Progress.of(0, site.spec().expand().size(), "steps"));
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
        Mapping mapping = new Mapping(move);
        String key = move.key().stream()
                .map(column -> literal(column) + ", old." + quote(column))
                .collect(joining(", ", "jsonb_build_object(", ")"));
        String filled = move.up().keySet().stream()
                .map(column -> "old." + quote(column) + " IS NOT NULL")
                .collect(joining(" OR "));
        List<String> found = Sql.rows(connection, """
                        SELECT count(*), left(coalesce(string_agg(key, ', ') FILTER (WHERE nth <= %d), ''), 2000)
                        FROM (
                          SELECT %2$s::text AS key, row_number() OVER () AS nth
                          FROM %3$s
                          WHERE CASE
                            WHEN NOT (%4$s) THEN false
                            WHEN EXISTS (SELECT FROM turnout.rejected r WHERE r.resolved_at IS NULL
                                         AND r.run = %6$d AND r.table_name = %7$s AND r.key = %2$s) THEN false
                            ELSE %5$s
                          END
                        ) AS lost""".formatted(
                                NAMED_ROWS,
                                key,
                                mapping.tableAsOld(),
                                filled,
                                mapping.beyondOldSide(),
                                site.run(),
                                literal(move.table())))
                .get(0);
        return found.get(0).equals("0")
                ? List.of()
                : List.of("%s: %s rows hold new values that their old ones do not give, for example %s"
                        .formatted(move.table(), found.get(0), found.get(1)));
    }

    private static Stride undoExpand(Site site) throws SQLException {
        Stride expand = Expand.undo(site);
        if (!(expand instanceof Stride.Done)) {
            return expand;
        }
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            forRun(connection, site, "DELETE FROM turnout.chunk WHERE run = ?");
            forRun(
                    connection,
                    site,
                    "UPDATE turnout.rejected SET resolved_at = clock_timestamp() WHERE run = ? AND resolved_at IS NULL");
            return site;
        });
        return new Stride.Done("the schema is as it was before the run");
    }

    private static void forRun(Connection connection, Site site, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, site.run());
            statement.executeUpdate();
        }
    }
}
