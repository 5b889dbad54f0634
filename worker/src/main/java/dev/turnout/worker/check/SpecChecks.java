package dev.turnout.worker.check;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.Check;
import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.remote.CaughtUp;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The operator's own figures and assertions. Each is asked in a transaction of its own that may only read. */
final class SpecChecks {
    private static final String OF = "the spec";
    private static final String NO_ROW = "no row";

    private SpecChecks() {}

    /** @param expected of a check now; empty: it is noted */
    static List<Checked> figures(Site site, Function<Check, Optional<String>> expected) throws SQLException {
        List<Checked> checks = new ArrayList<>();
        for (Check check : site.spec().checks()) {
            String wanted = expected.apply(check).orElse("");
            checks.add(ask(
                    site,
                    check.on(),
                    check.name(),
                    wanted,
                    check.query(),
                    found -> wanted.isEmpty()
                            ? Checked.noted(check.name(), OF, found)
                            : Checked.that(found.equals(wanted), check.name(), OF, wanted, found)));
        }
        return checks;
    }

    static List<Checked> assertions(Site site) throws SQLException {
        List<Checked> checks = new ArrayList<>();
        for (Assertion assertion : site.spec().assertions()) {
            checks.add(
                    assertion instanceof Assertion.NoRow noRow
                            ? noRow(site, noRow)
                            // They are tried on copies, once: the verification does not end before they hold.
                            : Checked.noted(assertion.name(), OF, "held in the verification"));
        }
        return checks;
    }

    private static Checked noRow(Site site, Assertion.NoRow assertion) throws SQLException {
        String count = "SELECT count(*) FROM (" + assertion.rows() + "\n) AS broken";
        return ask(
                site,
                assertion.on(),
                assertion.name(),
                NO_ROW,
                count,
                found -> Checked.that(
                        found.equals("0"), assertion.name(), OF, NO_ROW, found.equals("0") ? NO_ROW : found + " rows"));
    }

    private static Checked ask(
            Site site, Side on, String name, String wanted, String query, Function<String, Checked> judge)
            throws SQLException {
        Database database = site.database(on);
        try {
            Checked checked = judge.apply(database.readOnly(Limits.SCAN, connection -> {
                SearchPath.of(connection, site.spec(), on);
                return found(connection, query);
            }));
            return checked.state() == Checked.State.FAILED && CaughtUp.mayBeBehind(site, on)
                    ? judge.apply(CaughtUp.ask(site, connection -> found(connection, query)))
                    : checked;
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            return Checked.unknown(name, OF, wanted, Failure.words(e));
        }
    }

    private static String found(Connection connection, String query) throws SQLException {
        return Sql.value(connection, query).orElse("NULL");
    }
}
