package dev.turnout.worker.write;

import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What became of writes, kept in the database they went to: an outcome commits with its write, so that a worker that died
 * before it could say so, or that wakes up long after another took over, does nothing twice. Stateless and thread-safe.
 */
final class AppliedWrites {
    private AppliedWrites() {}

    /** Somebody else is finishing, or has finished, the same write: look again. */
    static final class Taken extends RuntimeException {
        Taken() {
            super("another worker finishes the same write", null, false, false);
        }
    }

    static Optional<Outcome> find(Connection connection, long run, String key) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT outcome, \"sqlstate\", because FROM turnout.applied_write WHERE run = ? AND idempotency_key = ?")) {
            select.setLong(1, run);
            select.setString(2, key);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Outcome(
                                Outcome.Verdict.valueOf(row.getString(1)), row.getString(2), row.getString(3)))
                        : Optional.empty();
            }
        }
    }

    /** @throws Taken when there is an outcome already; the transaction must be rolled back */
    static void add(Connection connection, long run, String key, Outcome outcome) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO turnout.applied_write (run, idempotency_key, outcome, \"sqlstate\", because)"
                        + " VALUES (?, ?, ?, ?, ?)")) {
            insert.setLong(1, run);
            insert.setString(2, key);
            insert.setString(3, outcome.verdict().name());
            insert.setString(4, outcome.sqlState());
            insert.setString(5, outcome.because());
            insert.executeUpdate();
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.BAD_DATA) {
                throw new Taken();
            }
            throw e;
        }
    }

    static void forget(Connection connection, List<WriteBoard.Finished> finished) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM turnout.applied_write WHERE run = ? AND idempotency_key = ?")) {
            for (WriteBoard.Finished each : finished) {
                delete.setLong(1, each.run());
                delete.setString(2, each.key());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
