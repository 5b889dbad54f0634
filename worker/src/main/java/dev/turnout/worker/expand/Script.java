package dev.turnout.worker.expand;

import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.remote.Unseen;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * SQL of the operator, run so that it can be cut anywhere. In PostgreSQL it is one piece, in the caller's transaction. In
 * MySQL each DDL commits: there the statements run one by one, each with the record that it has run, and a script goes on
 * behind the last one. A DDL and its record are two commits, so the first statement after an interruption may find its own
 * work done; where the server says so, it is. Stateless and thread-safe.
 */
public final class Script {
    /** Table, column, key, trigger, routine, view, constraint or database is there. */
    private static final Set<Integer> THERE = Set.of(1007, 1050, 1060, 1061, 1068, 1304, 1359, 1826, 3822);
    /** Likewise is not there (any more). */
    private static final Set<Integer> GONE = Set.of(1008, 1051, 1054, 1091, 1146, 1305, 1360, 3821, 3940);

    private Script() {}

    /** Told after each statement how many have run, on the connection and in the transaction of the statement. */
    @FunctionalInterface
    public interface Mark {
        void done(Connection connection, int statements) throws SQLException;
    }

    /** @param done statements that have run already, of a script that was cut; 0 in PostgreSQL */
    public static void run(Connection connection, String sql, int done, boolean resumed, Mark mark)
            throws SQLException {
        Unseen.byOperator(connection, same -> {
            statements(same, sql, done, resumed, mark);
            return sql;
        });
    }

    private static void statements(Connection connection, String sql, int done, boolean resumed, Mark mark)
            throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            Sql.run(connection, sql);
            return;
        }
        List<String> statements = SqlText.statements(sql);
        connection.setAutoCommit(false);
        for (int i = done; i < statements.size(); i++) {
            try {
                Sql.statement(connection, statements.get(i));
            } catch (SQLException e) {
                boolean itsOwn = THERE.contains(e.getErrorCode()) || GONE.contains(e.getErrorCode());
                if (!resumed || i > done || !itsOwn) {
                    throw e;
                }
            }
            mark.done(connection, i + 1);
            connection.commit();
        }
        connection.setAutoCommit(true);
    }

    /** An undo that was cut runs again from its begin: what is gone by then is passed over. */
    public static void undo(Connection connection, String sql) throws SQLException {
        Unseen.byOperator(connection, same -> {
            statements(same, sql);
            return sql;
        });
    }

    private static void statements(Connection connection, String sql) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            Sql.run(connection, sql);
            return;
        }
        for (String statement : SqlText.statements(sql)) {
            try {
                Sql.statement(connection, statement);
            } catch (SQLException e) {
                if (!GONE.contains(e.getErrorCode())) {
                    throw e;
                }
            }
        }
    }
}
