package dev.turnout.worker.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Optional;

/** What the database says no to, within a transaction that goes on as if it had never been tried. Stateless. */
public final class Refusal {
    private Refusal() {}

    /** What is tried. */
    @FunctionalInterface
    public interface Act {
        void run() throws SQLException;
    }

    /**
     * Tries an act, and takes it back when it is refused.
     *
     * @return the refusal; empty: the act stands
     * @throws SQLException of any failure that says nothing about what was written, such as a lock
     */
    public static Optional<SQLException> of(Connection connection, Act act) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            act.run();
            connection.releaseSavepoint(before);
            return Optional.empty();
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA && Failure.of(e) != Failure.OTHER) {
                throw e;
            }
            connection.rollback(before);
            return Optional.of(e);
        }
    }
}
