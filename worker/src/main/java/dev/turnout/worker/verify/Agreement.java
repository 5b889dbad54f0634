package dev.turnout.worker.verify;

import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferSql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether the two sides of a transfer say the same, all rows of it. Reads, and locks nothing. Stateless and thread-safe. */
public final class Agreement {
    private Agreement() {}

    /** What differs in whatever way; empty: nothing. */
    public static List<String> broken(Site site, Transfer transfer) throws SQLException {
        Difference difference = compare(site, transfer);
        return difference.differing() == 0
                ? List.of()
                : List.of(transfer.name() + ": " + difference.differing()
                        + " rows differ between old and new, for example "
                        + difference.samples().get(0));
    }

    /**
     * What only the new side holds, with rows named; empty: nothing. Rows that it lacks are none of it.
     *
     * <p>A comparison that fails says nothing, so it counts as something.
     */
    public static List<String> onlyNew(Site site, Transfer transfer) throws SQLException {
        Difference difference;
        try {
            difference = compare(site, transfer);
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            return List.of(transfer.name() + ": old and new cannot be compared: " + Failure.words(e));
        }
        List<String> only = new ArrayList<>();
        difference.samples().stream()
                .filter(sample -> !sample.found().equals(TransferQuery.NO_ROW))
                .forEach(sample -> only.add(transfer.name() + ": " + transfer.into() + " " + sample));
        return only;
    }

    private static Difference compare(Site site, Transfer transfer) throws SQLException {
        return site.database().transaction(Limits.SCAN, connection -> {
            SearchPath.of(connection, site.spec(), Side.OLD);
            Source source = Source.of(site.spec(), transfer);
            KeySql key = KeySql.of(connection, source);
            TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
            return new TransferQuery(site, source, sql, key).rows(connection, KeyRange.all());
        });
    }
}
