package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What keeps apart those who write the target of a move: one applier, or any number of backfill batches. It is a lock of the
 * very transaction that writes there, taken before the source is read. Stateless and thread-safe.
 *
 * <p>Let r be the changelog row of the last committed change of a key, and T the target transaction of the applier that
 * consumed r. T took the gate, and only then read the key, in a statement that began after r was visible: so T writes the
 * final value. Let W be any other writer of that key.
 *
 * <ul>
 *   <li>W took the gate before T: T waited until W's transaction was over. Whatever W wrote, T wrote after it. This is the
 *       case of a change, or a delete, while a batch is under way.
 *   <li>W took the gate after T had committed: W read after that and saw the final value, or a row that T had written and
 *       that a batch leaves as it is.
 *   <li>W's process stands still, or its connection to the source is lost: the lock is held by W's transaction on the target
 *       and by nothing else. It writes while it holds the lock, or it is dead and writes nothing.
 *   <li>T does not commit, or the process dies before the source transaction does: r stays, and is applied again.
 * </ul>
 */
final class Gate {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private Gate() {}

    /** For a batch of the backfill: with others of its kind, until the transaction ends. */
    static void shared(Connection target, Site site, String move) throws SQLException {
        take(target, site, move, "pg_advisory_xact_lock_shared", " LOCK IN SHARE MODE");
    }

    /** For the applier: alone, until the transaction ends. */
    static void exclusive(Connection target, Site site, String move) throws SQLException {
        take(target, site, move, "pg_advisory_xact_lock", " FOR UPDATE");
    }

    private static void take(Connection target, Site site, String move, String function, String lock)
            throws SQLException {
        if (!Dialect.of(target).mysql()) {
            // First come, first served: a stream of batches does not keep the applier waiting. A name that hashes to
            // the same number only waits without need.
            // A process that stands still must not keep the gate for ever: its transaction ends, and nothing is
            // written.
            try (PreparedStatement idle =
                    target.prepareStatement("SELECT set_config('idle_in_transaction_session_timeout', ?, true)")) {
                idle.setString(1, LONGEST_PAUSE.toMillis() + "ms");
                idle.execute();
            }
            try (PreparedStatement take = target.prepareStatement("SELECT " + function + "(?, ?)")) {
                take.setInt(1, ("turnout " + site.run()).hashCode());
                take.setInt(2, move.hashCode());
                take.execute();
            }
            return;
        }
        try (PreparedStatement take =
                target.prepareStatement("SELECT 1 FROM turnout.flow WHERE run = ? AND move = ?" + lock)) {
            take.setLong(1, site.run());
            take.setString(2, move);
            try (ResultSet row = take.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the gate of " + move + " is gone from turnout.flow of the target");
                }
            }
        }
    }
}
