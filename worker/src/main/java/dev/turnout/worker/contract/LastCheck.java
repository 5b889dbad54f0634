package dev.turnout.worker.contract;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.Move;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.LookAgain;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.verify.Agreement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What is asked once more right before the point of no return: is everything that the old side says on the new one? */
final class LastCheck {
    private LastCheck() {}

    /**
     * Reads every row, and locks none: what was right stays right while the triggers stand, which is asked as well.
     *
     * @return every reason against going on; empty: none
     */
    static List<String> problems(Site site) throws SQLException {
        List<String> problems = new ArrayList<>(SyncTriggers.intact(site));
        LookAgain.ofAll(site);
        for (Move move : site.spec().moves()) {
            long rejected = count(
                    site,
                    "SELECT count(*) FROM turnout.rejected WHERE run = ? AND table_name = ? AND resolved_at IS NULL",
                    site.run(),
                    move.table());
            if (rejected > 0) {
                // Their up may fail, and with it the comparison below.
                problems.add(move.table() + ": " + rejected + " rejected rows have only their old values");
                continue;
            }
            long differing = site.database().transaction(Limits.SCAN, connection -> differing(connection, move));
            if (differing > 0) {
                problems.add(move.table() + ": " + differing + " rows differ between old and new");
            }
        }
        for (Transfer transfer : site.spec().transfers()) {
            if (!site.spec().remote(transfer)) {
                problems.addAll(of(site, transfer));
            }
        }
        for (Assertion assertion : site.spec().assertions()) {
            if (!(assertion instanceof Assertion.NoRow noRow)) {
                continue;
            }
            long broken = site.database(noRow.on()).readOnly(Limits.SCAN, connection -> {
                SearchPath.of(connection, site.spec(), noRow.on());
                return broken(connection, noRow);
            });
            if (broken > 0) {
                problems.add("'" + assertion.name() + "' is broken by " + broken + " rows");
            }
        }
        return problems;
    }

    private static List<String> of(Site site, Transfer transfer) throws SQLException {
        long rejected = count(
                site,
                "SELECT count(*) FROM turnout.rejected WHERE run = ? AND table_name = ? AND resolved_at IS NULL",
                site.run(),
                transfer.name());
        return rejected > 0
                ? List.of(transfer.name() + ": " + rejected + " rejected rows have only their old values")
                : Agreement.broken(site, transfer);
    }

    private static long differing(Connection connection, Move move) throws SQLException {
        Mapping mapping = Mapping.of(connection, move);
        return Sql.value(connection, "SELECT count(*) FROM " + mapping.tableAsOld() + " WHERE " + mapping.differs())
                .map(Long::parseLong)
                .orElseThrow();
    }

    private static long count(Site site, String query, Object... bound) throws SQLException {
        return site.database()
                .transaction(
                        Limits.SCAN,
                        connection -> Long.parseLong(
                                Sql.rows(connection, query, bound).get(0).get(0)));
    }

    private static long broken(Connection connection, Assertion.NoRow assertion) throws SQLException {
        return Sql.value(connection, "SELECT count(*) FROM (" + assertion.rows() + "\n) AS broken")
                .map(Long::parseLong)
                .orElseThrow();
    }
}
