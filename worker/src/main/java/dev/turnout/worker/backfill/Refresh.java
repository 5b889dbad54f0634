package dev.turnout.worker.backfill;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.util.List;

/** Writes single rows of the new side again. Stateless and thread-safe. */
public final class Refresh {
    private Refresh() {}

    /**
     * Brings the row of one key up to date, under the lock of its old row.
     *
     * @param key texts of the key columns
     * @return false when an application holds the row, or its values do not fit: it is as it was
     */
    public static boolean row(Site site, Source source, List<String> key) throws SQLException {
        try {
            return site.database().transaction(Limits.BATCH, RangeUpdate.settings(site), connection -> {
                Bookkeeping.fence(connection, site);
                return RangeWrites.road(connection, site, source).write().again(connection, key);
            });
        } catch (SQLException e) {
            Failure failure = Failure.of(e);
            if (failure == Failure.BAD_DATA || (failure.transientLike() && failure != Failure.CONNECTION_LOST)) {
                return false;
            }
            throw e;
        }
    }
}
