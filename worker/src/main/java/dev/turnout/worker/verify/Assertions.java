package dev.turnout.worker.verify;

import dev.turnout.migration.Assertion;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The operator's own queries for rows that must not be. Stateless and thread-safe. */
final class Assertions {
    private static final int SAMPLES = 5;

    private Assertions() {}

    /** A line per assertion that does not hold, with the first rows that break it; empty: all hold. */
    static List<String> broken(Site site) throws SQLException {
        List<String> broken = new ArrayList<>();
        for (Assertion assertion : site.spec().assertions()) {
            List<String> rows = site.database().readOnly(Limits.SCAN, connection -> rows(connection, assertion.rows()));
            if (!rows.isEmpty()) {
                broken.add("'" + assertion.name() + "' is broken, for example by " + String.join("; ", rows));
            }
        }
        return broken;
    }

    private static List<String> rows(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.setMaxRows(SAMPLES);
            List<String> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(query)) {
                while (row.next()) {
                    List<String> cells = new ArrayList<>();
                    for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                        cells.add(row.getMetaData().getColumnLabel(column) + "=" + row.getString(column));
                    }
                    rows.add(String.join(" ", cells));
                }
            }
            return rows;
        }
    }
}
