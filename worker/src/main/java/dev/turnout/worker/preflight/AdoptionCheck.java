package dev.turnout.worker.preflight;

import dev.turnout.migration.ExpandStep;
import dev.turnout.worker.expand.Adoption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What of the {@code make} steps is there already, and whether it is what they would make. */
record AdoptionCheck(Connection connection, List<ExpandStep> expand, Findings.Notes notes) {
    /** The transaction must be rolled back. */
    void run() throws SQLException {
        for (Adoption adoption : Adoption.of(connection, expand)) {
            adoption.differences()
                    .forEach(difference -> notes.problem(
                            "expand: " + adoption.title() + ": " + difference,
                            "bring what is there into the form named, drop or rename it, or let the spec follow it"));
            if (adoption.makesNothing()) {
                notes.problem(
                        "expand: " + adoption.title() + " makes nothing that can be told from what was there",
                        "leave the statement out, or put it into a step that 'run's");
            }
            adoption.mends().forEach(index -> notes.warning(index + " is there and invalid: it will be built again"));
            adoption.forGood()
                    .forEach(value -> notes.warning(
                            value + " will stay after a rollback: PostgreSQL has no way to remove a value of an enum"));
        }
    }
}
