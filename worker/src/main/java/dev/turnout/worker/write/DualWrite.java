package dev.turnout.worker.write;

import dev.turnout.flags.stage.Side;
import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.write.AppliedWrites.Taken;
import dev.turnout.worker.write.BothSides.Differ;
import dev.turnout.worker.write.WriteBoard.Claimed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Performs one write: row, triggers, proof and outcome in one transaction, so it is done once however often it is tried.
 * Blocks; for one worker thread.
 */
final class DualWrite {
    /** A write waits as an application's would, not as the backfill's: shorter than a lock is held is too short. */
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(10), 1);

    private static final int ATTEMPTS = 3;
    /** What may pass by itself: connections, read-only standbys, resources, operators at work, faults of the server. */
    private static final Set<String> PASSING = Set.of("08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX", "HY");

    private final Site site;
    private final Claimed claimed;
    private final Write write;
    private Set<String> known = Set.of();

    /** @param site of the claimed write's run; its epoch is not used: an application's write is good under any */
    DualWrite(Site site, Claimed claimed) {
        this.site = site;
        this.claimed = claimed;
        this.write = claimed.write();
    }

    /** The sync triggers do not stand, and no side takes writes alone now. */
    static final class Unsynced extends RuntimeException {
        Unsynced(String because) {
            super(because, null, false, false);
        }
    }

    /**
     * @return what came of it, now or earlier
     * @throws SQLException when the database failed in a way that may pass: nothing is written, or the next attempt finds
     *     the outcome
     * @throws Unsynced when the write has to wait for the triggers
     */
    Outcome perform() throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return site.database().transaction(LIMITS, this::once);
            } catch (Taken e) {
                if (attempt == ATTEMPTS) {
                    throw new SQLException("another worker has finished it and the outcome is not there", "40001", e);
                }
            } catch (Differ e) {
                if (!differedBefore(e.columns)) {
                    return refuse(Outcome.refused("the sides would differ in " + String.join(", ", e.columns)
                            + ": leave these columns out, or write what the mapping gives"));
                }
            } catch (WriteRefused e) {
                return refuse(e.outcome());
            } catch (SQLException e) {
                if (passing(e)) {
                    throw e;
                }
                // Somebody may have made the row between our look for it and our insert: that is seen the second time.
                if (attempt > 1 || !state(e).startsWith("23")) {
                    return refuse(new Outcome(Outcome.Verdict.REFUSED, state(e), Failure.words(e)));
                }
            }
        }
    }

    private Outcome once(Connection connection) throws SQLException {
        Optional<Outcome> before = AppliedWrites.find(connection, claimed.run(), claimed.key());
        if (before.isPresent()) {
            return before.get();
        }
        List<String> problems = WriteCheck.problems(site.spec(), write);
        if (!problems.isEmpty()) {
            throw new WriteRefused(String.join("; ", problems));
        }
        int ordinal = WriteCheck.ordinal(site.spec(), write.move()).orElseThrow();
        RowSql row = RowSql.of(connection, move(), write);
        row.write(write);
        // Asked after the write, whose lock on the table keeps the triggers as they are until the commit.
        List<String> untied = SyncTriggers.intact(connection, site, ordinal);
        Outcome outcome = untied.isEmpty()
                ? new BothSides(connection, site, move(), row, known).confirm(write.op(), claimed.phase())
                : alone(untied);
        AppliedWrites.add(connection, claimed.run(), claimed.key(), outcome);
        return outcome;
    }

    private Outcome alone(List<String> untied) {
        Side side = Lone.side(claimed.phase()).orElseThrow(() -> new Unsynced(String.join("; ", untied)));
        if (side != write.side()) {
            throw new WriteRefused(
                    "only the " + side + " side takes writes while the migration is " + claimed.phase());
        }
        return Outcome.applied("the " + side + " side holds it, which alone takes writes while the migration is "
                + claimed.phase());
    }

    private boolean differedBefore(List<String> columns) throws SQLException {
        known = Set.copyOf(site.database()
                .transaction(
                        LIMITS,
                        connection -> new BothSides(
                                        connection, site, move(), RowSql.of(connection, move(), write), Set.of())
                                .differing()));
        return known.containsAll(columns);
    }

    private Move move() {
        return site.spec().moves().get(WriteCheck.ordinal(site.spec(), write.move()).orElseThrow());
    }

    /** A refusal is kept like any outcome: a slower worker must not find the write acceptable afterwards. */
    private Outcome refuse(Outcome refusal) throws SQLException {
        try {
            return site.database().transaction(LIMITS, connection -> {
                Optional<Outcome> before = AppliedWrites.find(connection, claimed.run(), claimed.key());
                if (before.isEmpty()) {
                    AppliedWrites.add(connection, claimed.run(), claimed.key(), refusal);
                }
                return before.orElse(refusal);
            });
        } catch (Taken e) {
            throw new SQLException("another worker has finished it", "40001", e);
        }
    }

    private static boolean passing(SQLException e) {
        Failure failure = Failure.of(e);
        String state = state(e);
        return failure.transientLike()
                || failure == Failure.STATEMENT_TIMEOUT
                || (failure != Failure.BAD_DATA && (state.length() < 2 || PASSING.contains(state.substring(0, 2))));
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
