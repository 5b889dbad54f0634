package dev.turnout.worker.expand;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.bookkeeping.Steps;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

/** SQL of the operator. */
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
        Savepoint before = connection.setSavepoint();
        try {
            return unmet(connection).isEmpty();
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    @Override
    public List<String> apply(Connection connection) throws SQLException {
        Sql.run(connection, step.sql());
        return List.of();
    }

    @Override
    public List<String> unmet(Connection connection) throws SQLException {
        return Expected.unmet(connection, step.verify());
    }

    @Override
    public void undo(Connection connection, List<String> made) throws SQLException {
        Sql.run(connection, step.undo());
    }
}
