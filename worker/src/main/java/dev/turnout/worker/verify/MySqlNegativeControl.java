package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.verify.NegativeControl.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** {@link NegativeControl} of one move on MySQL, in a table of its own whose rows are rolled back. Immutable. */
record MySqlNegativeControl(Site site, int ordinal) {
    private static final int ROWS = 50;

    Finding run() throws SQLException {
        try (Scratch copy = Scratch.like(site, ordinal, "copy")) {
            return site.database().transaction(Limits.SCAN, connection -> {
                try {
                    return run(connection, copy);
                } finally {
                    connection.rollback();
                }
            });
        }
    }

    private Finding run(Connection connection, Scratch copy) throws SQLException {
        Move move = copy.move();
        Mapping mapping = Mapping.of(connection, move);
        KeySql key = KeySql.of(connection, move);
        DifferenceQuery query = new DifferenceQuery(site, mapping, key);
        // A column that builds on itself explains some wrong values: one kind of the two, in any column, must be
        // noticed.
        boolean inPlace = move.scope().settles();
        List<String> blind = new ArrayList<>();
        List<String> unproven = new ArrayList<>();
        for (String column : move.up().keySet()) {
            Sql.statement(connection, "DELETE FROM " + copy.sql());
            Sql.statement(
                    connection,
                    copy.copyOf(
                            connection,
                            key.table() + " WHERE old." + quote(column) + " IS NOT NULL AND " + mapping.concerned()
                                    + " AND CASE WHEN " + RejectedRows.isRejected(site, move, key)
                                    + " THEN false ELSE NOT " + mapping.differs() + " END LIMIT " + ROWS));
            boolean planted = false;
            boolean seenOne = false;
            for (String wrong :
                    plants(copy, Objects.requireNonNull(mapping.columns().get(column)))) {
                Savepoint before = connection.setSavepoint();
                int rows;
                try (var update = connection.createStatement()) {
                    rows = update.executeUpdate(wrong);
                }
                Difference found = query.run(connection, copy.sql() + " AS old", KeyRange.all());
                connection.rollback(before);
                planted |= rows > 0;
                boolean seen = found.differing() == 1
                        && found.samples().stream()
                                .anyMatch(sample -> inPlace || sample.column().equals(column));
                seenOne |= seen;
                if (rows > 0 && !seen && !inPlace) {
                    blind.add("the verifier does not see column " + column + " of " + move.table());
                    break;
                }
            }
            if (!planted) {
                unproven.add(column);
            } else if (inPlace && !seenOne) {
                blind.add("the verifier does not see column " + column + " of " + move.table());
            }
        }
        return new Finding(blind, unproven);
    }

    /** Two kinds of wrong: a value that is missing, and the value of another row. The first row by its key gets them. */
    private static List<String> plants(Scratch copy, TableColumn column) {
        String name = quote(column.name());
        String keys = copy.move().key().stream().map(key -> quote(key)).collect(Collectors.joining(", "));
        String same = copy.move().key().stream()
                .map(key -> "c." + quote(key) + " = f." + quote(key))
                .collect(Collectors.joining(" AND "));
        String first = "(SELECT * FROM " + copy.sql() + " ORDER BY " + keys + " LIMIT 1) AS f";
        String missing = "UPDATE " + copy.sql() + " AS c JOIN " + first + " ON " + same + " SET c." + name + " = NULL";
        String another = "(SELECT x." + name + " AS turnout_other FROM " + copy.sql() + " AS x JOIN " + first
                + " WHERE " + column.differs("x." + name, "f." + name) + " LIMIT 1) AS o";
        String swapped = "UPDATE " + copy.sql() + " AS c JOIN " + first + " ON " + same + " JOIN " + another + " SET c."
                + name + " = o.turnout_other";
        return column.notNull() ? List.of(swapped) : List.of(missing, swapped);
    }
}
