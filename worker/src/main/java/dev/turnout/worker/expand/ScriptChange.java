package dev.turnout.worker.expand;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/** SQL of the operator. What it has made is, in MySQL, how many of its statements have run. */
record ScriptChange(ExpandStep.Run step) implements Change {
    @Override
    public String title() {
        return step.title();
    }

    @Override
    public String hash() {
        return Steps.hash(step.sql());
    }

    /** A query that fails, because its table is missing, says no. Without a query nobody can tell, which is a no as well. */
    @Override
    public boolean inPlace(Connection connection) throws SQLException {
        if (step.verify().isEmpty()) {
            return false;
        }
        if (Dialect.of(connection).mysql()) {
            return holds(connection);
        }
        Savepoint before = connection.setSavepoint();
        boolean holds = holds(connection);
        if (!holds) {
            connection.rollback(before);
        }
        return holds;
    }

    private boolean holds(Connection connection) throws SQLException {
        try {
            return unmet(connection).isEmpty();
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public List<String> missing(Connection connection) {
        return List.of();
    }

    @Override
    public List<String> apply(Connection connection, List<String> done, Script.Mark mark) throws SQLException {
        Script.run(connection, step.sql(), done.isEmpty() ? 0 : Integer.parseInt(done.get(0)), true, mark);
        return List.of();
    }

    @Override
    public List<String> unmet(Connection connection) throws SQLException {
        return Expected.unmet(connection, step.verify());
    }

    @Override
    public void undo(Connection connection, List<String> made) throws SQLException {
        Script.undo(connection, step.undo());
    }
}
