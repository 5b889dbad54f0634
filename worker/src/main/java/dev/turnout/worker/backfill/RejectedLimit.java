package dev.turnout.worker.backfill;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many rows may be put aside, move by move, whoever put them there and on whichever side: the backfill, a trigger, an
 * applier of changes. Stateless and thread-safe.
 */
public final class RejectedLimit {
    private static final int SHOWN = 100;

    private static final String PUT_ASIDE =
            "SELECT table_name, count(*) FROM turnout.rejected WHERE run = ? AND resolved_at IS NULL GROUP BY table_name";

    private RejectedLimit() {}

    /** A sentence for each move of which more rows are put aside than may be; empty: there is none. */
    public static List<String> beyond(Site site) throws SQLException {
        Map<String, Long> aside = aside(site);
        List<String> beyond = new ArrayList<>();
        most(site.spec()).forEach((move, most) -> {
            long rows = aside.getOrDefault(move, 0L);
            if (rows > most) {
                beyond.add(rows + " rows of " + move + " are put aside, at most " + most + " may be");
            }
        });
        return beyond;
    }

    /** What ends a phase that must not go on with so many; empty: there are not too many. */
    public static Optional<Stride> stop(Site site) throws SQLException {
        List<String> beyond = beyond(site);
        if (beyond.isEmpty()) {
            return Optional.empty();
        }
        List<String> rows = new ArrayList<>();
        for (String move : most(site.spec()).keySet()) {
            for (Side side : sides(site)) {
                rows.addAll(site.database(side)
                        .transaction(
                                Limits.BOOKKEEPING, connection -> RejectedRows.list(connection, site, move, SHOWN)));
            }
        }
        return Optional.of(new Stride.Stop(
                String.join("; ", beyond),
                rows,
                "mend the rows (turnout rejected lists them and has them tried again), then resume; or roll back, and"
                        + " start with a mended mapping"));
    }

    private static Map<String, Long> most(Spec spec) {
        Map<String, Long> most = new LinkedHashMap<>();
        for (Move move : spec.moves()) {
            most.put(move.table(), move.maxRejected());
        }
        for (Transfer transfer : spec.transfers()) {
            most.put(transfer.name(), transfer.maxRejected());
        }
        return most;
    }

    private static Map<String, Long> aside(Site site) throws SQLException {
        Map<String, Long> aside = new LinkedHashMap<>();
        for (Side side : sides(site)) {
            List<List<String>> counted = site.database(side)
                    .transaction(Limits.BOOKKEEPING, connection -> Sql.rows(connection, PUT_ASIDE, site.run()));
            counted.forEach(move -> aside.merge(move.get(0), Long.parseLong(move.get(1)), Long::sum));
        }
        return aside;
    }

    /** Those that have a bookkeeping of their own. */
    public static List<Side> sides(Site site) {
        return site.spec().remote() ? List.of(Side.OLD, Side.NEW) : List.of(Side.OLD);
    }
}
