package dev.turnout.worker.verify;

import dev.turnout.migration.TableName;
import dev.turnout.worker.backfill.KeyRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Statements each of which makes a copy wrong in one way, and changes no row where there is nothing to make wrong.
 *
 * @param columns by column: the ways in which its value becomes another one
 * @param rows by what is wrong then
 */
record Wrongs(Map<String, List<String>> columns, Map<String, String> rows) {
    Wrongs {
        columns = new LinkedHashMap<>(columns);
        rows = new LinkedHashMap<>(rows);
    }

    private enum Seen {
        YES,
        NO,
        NOTHING
    }

    /**
     * Plants one after the other within the caller's transaction, and takes each back.
     *
     * @param query must see each
     */
    NegativeControl.Finding plant(Connection connection, TransferQuery query, TableName into) throws SQLException {
        List<String> blind = new ArrayList<>();
        List<String> unproven = new ArrayList<>();
        for (Map.Entry<String, List<String>> column : columns.entrySet()) {
            List<Seen> seen = new ArrayList<>();
            for (String wrong : column.getValue()) {
                seen.add(plant(connection, query, wrong));
            }
            if (seen.contains(Seen.NO)) {
                blind.add("the verifier does not see column " + column.getKey() + " of " + into);
            } else if (!seen.contains(Seen.YES)) {
                unproven.add(column.getKey());
            }
        }
        for (Map.Entry<String, String> wrong : rows.entrySet()) {
            if (plant(connection, query, wrong.getValue()) == Seen.NO) {
                blind.add("the verifier does not see " + wrong.getKey() + " in " + into);
            }
        }
        return new NegativeControl.Finding(blind, unproven);
    }

    private static Seen plant(Connection connection, TransferQuery query, String wrong) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (Statement plant = connection.createStatement()) {
            int rows = plant.executeUpdate(wrong);
            boolean seen = query.run(connection, KeyRange.all()).differing() > 0;
            return rows == 0 ? Seen.NOTHING : seen ? Seen.YES : Seen.NO;
        } finally {
            connection.rollback(before);
        }
    }
}
