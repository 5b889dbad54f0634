package dev.turnout.worker.verify;

import dev.turnout.migration.Assertion;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.remote.CaughtUp;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the operator asserts of the migrated database. Stateless and thread-safe. */
final class Assertions {
    private static final int SAMPLES = 5;
    /** It writes, so an application may have to wait for it: not for long. */
    private static final Limits TRIED = new Limits(Duration.ofMillis(200), Duration.ofMinutes(2), 1);

    private Assertions() {}

    /** A line per assertion that does not hold, with what breaks it; empty: all hold. */
    static List<String> broken(Site site) throws SQLException {
        List<String> broken = new ArrayList<>();
        for (Assertion assertion : site.spec().assertions()) {
            broken.addAll(broken(site, assertion));
        }
        return broken;
    }

    /** As {@link #broken}, of those alone that take nothing but a query. */
    static List<String> brokenByRows(Site site) throws SQLException {
        List<String> broken = new ArrayList<>();
        for (Assertion assertion : site.spec().assertions()) {
            if (assertion instanceof Assertion.NoRow) {
                broken.addAll(broken(site, assertion));
            }
        }
        return broken;
    }

    private static List<String> broken(Site site, Assertion assertion) throws SQLException {
        String name = "'" + assertion.name() + "'";
        if (assertion instanceof Assertion.NoRow noRow) {
            List<String> rows = site.database(noRow.on()).readOnly(Limits.SCAN, connection -> {
                SearchPath.of(connection, site.spec(), noRow.on());
                return rows(connection, noRow.rows());
            });
            if (!rows.isEmpty() && CaughtUp.mayBeBehind(site, noRow.on())) {
                rows = CaughtUp.ask(site, connection -> rows(connection, noRow.rows()));
            }
            return rows.isEmpty() ? List.of() : List.of(name + " is broken, for example by " + String.join("; ", rows));
        }
        return site.database().transaction(TRIED, connection -> {
            try {
                List<String> broken = assertion instanceof Assertion.Plan plan
                        ? new PlanCheck(connection, plan).broken()
                        : tried(connection, (Assertion.Trial) assertion);
                return broken.stream().map(why -> name + ": " + why).toList();
            } catch (SQLException e) {
                if (Failure.of(e).transientLike()) {
                    throw e;
                }
                return List.of(name + " fails: " + Failure.words(e));
            } finally {
                connection.rollback();
            }
        });
    }

    private static List<String> tried(Connection connection, Assertion.Trial trial) throws SQLException {
        Sql.run(connection, trial.sql());
        // What is checked at the commit has to be seen, too.
        Sql.run(connection, "SET CONSTRAINTS ALL IMMEDIATE");
        return List.of();
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
