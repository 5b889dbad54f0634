package dev.turnout.worker.backfill;

import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.TransferSql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rows of the new table that no row of the old one stands for. Each table has its triggers for itself, so what brings a row
 * to the new side may stand before what takes it away again, and no range of the old table shows it. Once all triggers
 * stand there come no more of them. Not thread-safe: one lane looks for them.
 */
final class Strays {
    /** Looked for at once. */
    private static final int MOST = 1_000;

    private static final int EXAMPLES = 5;
    private static final Duration FOR_OTHERS = Duration.ofMillis(100);
    /** So often the same ones may be found again: for about five seconds. */
    private static final int STUCK = 50;

    private Set<List<String>> found = Set.of();
    private int stuck;

    /**
     * Takes some away, each in a transaction of its own. Backwards, as the triggers do: so do foreign keys want it.
     *
     * @return empty: there are none
     */
    Optional<Stride> takeAway(Site site, Progress progress) throws SQLException {
        List<Source> backwards = new ArrayList<>(Source.all(site.spec()));
        Collections.reverse(backwards);
        for (Source source : backwards) {
            List<List<String>> keys = find(site, source);
            if (!keys.isEmpty()) {
                return Optional.of(takeAway(site, source, keys, progress));
            }
        }
        return Optional.empty();
    }

    private Stride takeAway(Site site, Source source, List<List<String>> keys, Progress progress) throws SQLException {
        // Those that are found again were not taken away, whatever was said of them.
        Set<List<String>> again = new HashSet<>(keys);
        stuck = again.equals(found) ? stuck + 1 : 0;
        found = again;
        if (stuck < STUCK) {
            int gone = 0;
            for (List<String> key : keys) {
                gone += Refresh.row(site, source, key) ? 1 : 0;
            }
            return gone > 0
                    ? new Stride.Again(
                            "took " + gone + " rows away that no row of " + source.name() + " stands for", progress)
                    : new Stride.Wait(
                            FOR_OTHERS, "an application holds rows that no row of " + source.name() + " stands for");
        }
        return new Stride.Stop(
                keys.size() + " rows of the new side cannot be taken away, and no row of " + source.name()
                        + " stands for them",
                keys.stream()
                        .limit(EXAMPLES)
                        .map(key -> "of the old key " + String.join(", ", key))
                        .toList(),
                "take away what refers to them, then resume");
    }

    /** Their old keys, as texts; locks nothing. */
    private static List<List<String>> find(Site site, Source source) throws SQLException {
        if (source.transfer().isEmpty()) {
            return List.of();
        }
        Transfer transfer = source.transfer().get();
        return site.database().transaction(Limits.SCAN, connection -> {
            KeySql key = KeySql.of(connection, source);
            TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
            String newAside = RejectedRows.isRejected(site, source, sql.key().ofNewAsJson(), key.dialect());
            return Sql.rows(
                    connection, sql.strays(newAside, RejectedRows.isRejected(site, source, key)) + " LIMIT " + MOST);
        });
    }
}
