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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Shows that the comparison would notice: in a copy of a few rows it plants a wrong value per mapped column and expects the
 * very query of the verification to find it there. Stateless and thread-safe; leaves nothing behind.
 */
final class NegativeControl {
    private static final String COPY = "turnout_copy";
    private static final int ROWS = 50;
    /** Against applications that put copied rows aside meanwhile, again and again. */
    private static final int TRIES = 10;

    private NegativeControl() {}

    /**
     * @param blind a line per column whose planted difference was not found
     * @param unproven columns without any value in the table: there is nothing to plant
     */
    record Finding(List<String> blind, List<String> unproven) {}

    static Finding run(Site site, int ordinal) throws SQLException {
        if (site.database().dialect().mysql()) {
            return new MySqlNegativeControl(site, ordinal).run();
        }
        Move move = site.spec().moves().get(ordinal);
        return site.database().transaction(Limits.SCAN, connection -> {
            KeySql key = KeySql.of(connection, move);
            Mapping mapping = Mapping.of(connection, move);
            DifferenceQuery query = new DifferenceQuery(site, mapping, key);
            List<String> blind = new ArrayList<>();
            List<String> unproven = new ArrayList<>();
            for (String column : move.up().keySet()) {
                TableColumn type = Objects.requireNonNull(mapping.columns().get(column), column);
                Outcome outcome = Outcome.UNSEEN;
                boolean disturbed = true;
                for (int tried = 0; tried < TRIES && disturbed && outcome == Outcome.UNSEEN; tried++) {
                    copy(connection, site, move, key, column);
                    outcome = plant(connection, query, type);
                    disturbed = holdsRejected(connection, site, move, key);
                }
                switch (outcome) {
                    case UNSEEN -> blind.add("the verifier does not see column " + column + " of " + move.table());
                    case NOTHING -> unproven.add(column);
                    case SEEN -> {}
                }
            }
            return new Finding(blind, unproven);
        });
    }

    /** Rows that have the column, as the mapping wants them. */
    private static void copy(Connection connection, Site site, Move move, KeySql key, String column)
            throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("DROP TABLE IF EXISTS pg_temp." + COPY);
            statement.execute("CREATE TEMP TABLE " + COPY + " ON COMMIT DROP AS SELECT old.* FROM "
                    + mapping.tableAsOld() + " WHERE old." + quote(column) + " IS NOT NULL AND CASE WHEN "
                    + RejectedRows.isRejected(site, move, key) + " THEN false ELSE NOT " + mapping.differs()
                    + " END LIMIT " + ROWS);
        }
    }

    /** A copied row may have been put aside since: the verifier passes over it, and rightly. */
    private static boolean holdsRejected(Connection connection, Site site, Move move, KeySql key) throws SQLException {
        return !Sql.rows(
                        connection,
                        "SELECT 1 FROM pg_temp." + COPY + " AS old WHERE " + RejectedRows.isRejected(site, move, key)
                                + " LIMIT 1")
                .isEmpty();
    }

    private enum Outcome {
        SEEN,
        UNSEEN,
        NOTHING
    }

    /** Two kinds of wrong: a value that is missing, and the value of another row. */
    private static Outcome plant(Connection connection, DifferenceQuery query, TableColumn type) throws SQLException {
        String name = quote(type.name());
        String first = "(SELECT f.ctid FROM pg_temp." + COPY + " f ORDER BY f.ctid LIMIT 1)";
        String missing = "UPDATE pg_temp." + COPY + " SET " + name + " = NULL WHERE ctid = " + first;
        // A value that only its text tells from this one is taken when there is no other: then the comparison is at
        // fault.
        String another = "(SELECT x.ctid FROM pg_temp." + COPY + " x WHERE x." + name + "::text <> c." + name
                + "::text ORDER BY " + type.differs("x." + name, "c." + name) + " DESC LIMIT 1)";
        String swapped = "UPDATE pg_temp." + COPY + " c SET " + name + " = o." + name + " FROM pg_temp." + COPY
                + " o WHERE c.ctid = " + first + " AND o.ctid = " + another;
        boolean planted = false;
        for (String wrong : List.of(missing, swapped)) {
            Savepoint before = connection.setSavepoint();
            int rows;
            try (Statement update = connection.createStatement()) {
                rows = update.executeUpdate(wrong);
            }
            Difference found = query.run(connection, "pg_temp." + COPY + " AS old", KeyRange.all());
            connection.rollback(before);
            if (rows > 0) {
                planted = true;
                boolean seen = found.differing() == 1
                        && found.samples().size() == 1
                        && found.samples().get(0).column().equals(type.name());
                if (!seen) {
                    return Outcome.UNSEEN;
                }
            }
        }
        return planted ? Outcome.SEEN : Outcome.NOTHING;
    }
}
