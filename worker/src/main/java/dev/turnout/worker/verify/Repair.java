package dev.turnout.worker.verify;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.Refresh;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferSql;
import java.sql.SQLException;
import java.util.List;

/**
 * Brings rows of the new table that were found wrong up to date, each under the lock of its old row. That there is anything
 * to do here is a reason for an incident: by the invariant it cannot happen. Stateless and thread-safe.
 */
final class Repair {
    /** More than that is no accident that should be mended before somebody has looked at it. */
    private static final int MOST = 1_000;

    private Repair() {}

    static void run(Site site, Source source, Chunk chunk) throws SQLException {
        List<List<String>> keys = site.database().transaction(Limits.SCAN, connection -> {
            SearchPath.of(connection, site.spec(), Side.OLD);
            TransferSql sql =
                    TransferSql.of(connection, site.spec(), source.transfer().orElseThrow());
            return new TransferQuery(site, source, sql, KeySql.of(connection, source))
                    .keys(connection, chunk.range(), MOST + 1);
        });
        if (keys.size() > MOST) {
            return;
        }
        for (List<String> key : keys) {
            Refresh.row(site, source, key);
        }
    }
}
