package dev.turnout.worker.write;

import dev.turnout.migration.Move;
import dev.turnout.migration.Phase;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.write.Write.Op;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a row that was just written back through the mapping, in the same transaction: the triggers carried it over, and
 * this is what shows that they did. For one transaction.
 *
 * @param known columns in which the sides differed before the write: its verification's business, not the write's
 */
record BothSides(Connection connection, Site site, Move move, RowSql row, Set<String> known) {
    private static final String YES = "yes";

    /** The sides disagree after the write; nobody knows yet whether they did before. */
    static final class Differ extends RuntimeException {
        final transient List<String> columns;

        Differ(List<String> columns) {
            super("the sides differ in " + columns, null, false, false);
            this.columns = List.copyOf(columns);
        }
    }

    /**
     * @throws WriteRefused when the row is not as the write left it
     * @throws Differ when the new side is not what the mapping gives
     */
    Outcome confirm(Op op, Phase phase) throws SQLException {
        Optional<List<Optional<String>>> found = row.read(List.of(yes(RejectedRows.isRejected(site, move, row.key()))));
        if (op == Op.DELETE) {
            if (found.isPresent()) {
                throw new WriteRefused("the row is still there after the delete: a trigger of the table keeps it");
            }
            return Outcome.applied("it is gone from both sides");
        }
        if (found.isEmpty()) {
            throw new WriteRefused("the row is not there after the write: a trigger of the table keeps it out");
        }
        if (phase == Phase.ANALYZING || phase == Phase.BACKFILLING) {
            return Outcome.applied("the triggers carry it over; what else the row lacks, the backfill fills in");
        }
        if (found.get().get(0).equals(Optional.of(YES))) {
            return mended()
                    ? bothHoldIt()
                    : Outcome.aside("it is written; the mapping cannot take the row, which is put aside");
        }
        List<String> differing = differing();
        if (!known.containsAll(differing)) {
            throw new Differ(differing);
        }
        return differing.isEmpty()
                ? bothHoldIt()
                : Outcome.applied("the sides differed in " + String.join(", ", differing) + " before, and do still");
    }

    private static Outcome bothHoldIt() {
        return Outcome.applied("both sides hold it");
    }

    /** The mapping may fail on a row that is put aside; the transaction has to survive that. */
    private boolean mended() throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            return differing().isEmpty();
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    /** New columns that are not what the mapping gives; none when the row is not there. */
    List<String> differing() throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        List<String> columns = List.copyOf(move.up().keySet());
        Optional<List<Optional<String>>> cells = row.read(columns.stream()
                .map(column -> yes(KeySql.verbatim(mapping.differs(column))))
                .toList());
        List<String> differing = new ArrayList<>();
        for (int i = 0; cells.isPresent() && i < columns.size(); i++) {
            if (cells.get().get(i).equals(Optional.of(YES))) {
                differing.add(columns.get(i));
            }
        }
        return differing;
    }

    private static String yes(String condition) {
        return "CASE WHEN " + condition + " THEN '" + YES + "' ELSE 'no' END";
    }
}
