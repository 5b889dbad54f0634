package dev.turnout.worker.throttle;

import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;

/**
 * The operator's own query for whether the backfill must wait: one row, its first column true or false, its second, where
 * there is one, the reason. Anything else is unknown, and unknown means wait. Stateless and thread-safe.
 */
final class OwnQuery {
    private static final Set<String> YES = Set.of("t", "true", "1");
    private static final Set<String> NO = Set.of("f", "false", "0");

    private OwnQuery() {}

    /** @throws SQLException when the server or the network is gone; any other failure is itself a reason to wait */
    static Optional<String> reason(Database database, String query, Limits limits) throws SQLException {
        try {
            return database.readOnly(limits, connection -> reason(connection, query));
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.CONNECTION_LOST) {
                throw e;
            }
            return Optional.of("the throttle query cannot be answered: " + Failure.words(e));
        }
    }

    private static Optional<String> reason(Connection connection, String query) throws SQLException {
        try (Statement select = connection.createStatement()) {
            select.setEscapeProcessing(false);
            select.setMaxRows(2);
            try (ResultSet row = select.executeQuery(query)) {
                if (!row.next()) {
                    return Optional.of("the throttle query gives no row: its answer is unknown");
                }
                String answer = String.valueOf(row.getString(1));
                boolean said = row.getMetaData().getColumnCount() > 1 && row.getString(2) != null;
                String why = said ? row.getString(2) : "its answer is " + answer;
                if (row.next()) {
                    return Optional.of("the throttle query gives several rows: its answer is unknown");
                }
                if (NO.contains(answer)) {
                    return Optional.empty();
                }
                return Optional.of(
                        YES.contains(answer)
                                ? "the throttle query says so: " + why
                                : "the throttle query gives " + answer
                                        + ", neither true nor false: its answer is unknown");
            }
        }
    }
}
