package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Writes of the engine that our triggers do not refuse, nor name for the move that they belong to: what came from the other
 * side must not go back there. Every other move that reads the table has to see them.
 */
public final class Unseen {
    /** A setting of the transaction: the move that is being written; empty or absent: an application writes. */
    static final String POSTGRESQL = "turnout.unseen";
    /** A variable of the session; NULL: an application writes. */
    static final String MYSQL = "@turnout_unseen";

    /** No move is called so: its writes pass a side that is shut, and every move hears of them. */
    private static final String OPERATOR = "*";

    private Unseen() {}

    /** Does the work of an operator's step, who knows what is written where; the connection is as before when it returns. */
    public static <T> T byOperator(Connection connection, Work<T> work) throws SQLException {
        return by(connection, OPERATOR, work);
    }

    /** Does the work as the engine; the connection is as before when it returns. */
    static <T> T by(Connection connection, String move, Work<T> work) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            set(connection, "SELECT set_config('" + POSTGRESQL + "', ?, true)", move);
            T result = work.with(connection);
            set(connection, "SELECT set_config('" + POSTGRESQL + "', ?, true)", "");
            return result;
        }
        set(connection, "SET " + MYSQL + " = " + ColumnType.UTF8, move);
        try {
            return work.with(connection);
        } finally {
            Sql.run(connection, "SET " + MYSQL + " = NULL");
        }
    }

    private static void set(Connection connection, String sql, String move) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(sql)) {
            set.setString(1, move);
            set.execute();
        }
    }
}
