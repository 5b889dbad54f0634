package dev.turnout.worker.write;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.write.AppliedWrites.Taken;
import dev.turnout.worker.write.BothSides.Differ;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.WriteBoard.Claimed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Performs one write: on the authority together with its outcome in one transaction, so it is done once however often it
 * is tried. Where the other side is in the same row, the triggers carry it there and the proof is in that transaction, too;
 * where it is another table, perhaps on another server, that is brought up afterwards. Blocks; for one worker thread.
 */
final class DualWrite {
    /** A write waits as an application's would, not as the backfill's: shorter than a lock is held is too short. */
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(10), 1);

    private static final int ATTEMPTS = 3;
    /** What may pass by itself: connections, read-only standbys, resources, operators at work, faults of the server. */
    private static final Set<String> PASSING = Set.of("08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX", "HY");

    private final Site site;
    private final Database target;
    private final Claimed claimed;
    private final Write write;
    private Set<String> known = Set.of();

    /**
     * @param site of the claimed write's run; its epoch is not used: an application's write is good under any
     * @param target where the new tables of transfers are
     */
    DualWrite(Site site, Database target, Claimed claimed) {
        this.site = site;
        this.target = target;
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
        Outcome outcome = onAuthority();
        Optional<Transfer> transfer = WriteCheck.transfer(site.spec(), write.move());
        return transfer.isPresent() && outcome.verdict() == Verdict.APPLIED && !alone()
                ? onOther(transfer.get())
                : outcome;
    }

    private boolean alone() {
        return Lone.side(claimed.phase()).isPresent();
    }

    private Outcome onOther(Transfer transfer) throws SQLException {
        Database other = transfer.stays() ? site.database() : target;
        try {
            new Counterpart(site.database(), other, transfer, move(), write.key()).refresh(LIMITS);
            return Outcome.applied("both sides hold it");
        } catch (SQLException e) {
            if (passing(e)) {
                throw e;
            }
            return Outcome.aside("the OLD side holds it; " + transfer.into() + " cannot: " + Failure.words(e));
        }
    }

    private Outcome onAuthority() throws SQLException {
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
                    return refuse(new Outcome(Verdict.REFUSED, state(e), Failure.words(e)));
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
        RowSql row = RowSql.of(connection, move(), write);
        row.write(write);
        Outcome outcome =
                WriteCheck.transfer(site.spec(), write.move()).isPresent() ? across() : carried(connection, row);
        AppliedWrites.add(connection, claimed.run(), claimed.key(), outcome);
        return outcome;
    }

    /** By the triggers of its table, or by nobody while one side takes writes alone. */
    private Outcome carried(Connection connection, RowSql row) throws SQLException {
        int ordinal = WriteCheck.ordinal(site.spec(), write.move()).orElseThrow();
        // Asked after the write, whose lock on the table keeps the triggers as they are until the commit.
        List<String> untied = SyncTriggers.intact(connection, site, ordinal);
        return untied.isEmpty()
                ? new BothSides(connection, site, move(), row, known).confirm(write.op(), claimed.phase())
                : alone(Lone.side(claimed.phase()).orElseThrow(() -> new Unsynced(String.join("; ", untied))));
    }

    private Outcome across() {
        return Lone.side(claimed.phase()).map(this::alone).orElseGet(() -> Outcome.applied("the OLD side holds it"));
    }

    private Outcome alone(Side side) {
        if (side != write.side()) {
            throw new WriteRefused("only the " + side + " side takes writes while the migration is " + claimed.phase());
        }
        return Outcome.applied(
                "the " + side + " side holds it, which alone takes writes while the migration is " + claimed.phase());
    }

    private boolean differedBefore(List<String> columns) throws SQLException {
        known = Set.copyOf(site.database().transaction(LIMITS, connection -> new BothSides(
                        connection, site, move(), RowSql.of(connection, move(), write), Set.of())
                .differing()));
        return known.containsAll(columns);
    }

    private Move move() {
        return WriteCheck.row(site.spec(), write.move()).orElseThrow();
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
