package dev.turnout.worker.expand;

import dev.turnout.migration.ExpandStep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** An expand step, but for {@code make}, with the SQL that makes, verifies and undoes it. Each method works within the caller's transaction. */
sealed interface Change permits ScriptChange, ColumnsChange {
    static Change of(ExpandStep step) {
        if (step instanceof ExpandStep.Run run) {
            return new ScriptChange(run);
        }
        if (step instanceof ExpandStep.Columns columns) {
            return new ColumnsChange(columns);
        }
        throw new IllegalArgumentException(step.title() + " is for Making");
    }

    String title();

    /** Of what is run, so that a record tells which text it is about. */
    String hash();

    /** True when all of it is there already, exactly as the step would make it. */
    boolean inPlace(Connection connection) throws SQLException;

    /** The columns that are not there yet; empty for a script. */
    List<String> missing(Connection connection) throws SQLException;

    /**
     * @param done what an earlier attempt has recorded by the mark
     * @param mark told while a script goes on
     * @return the columns that were made; empty for a script
     */
    List<String> apply(Connection connection, List<String> done, Script.Mark mark) throws SQLException;

    /** Every difference from what the step promises, expected and found. */
    List<String> unmet(Connection connection) throws SQLException;

    void undo(Connection connection, List<String> made) throws SQLException;
}
