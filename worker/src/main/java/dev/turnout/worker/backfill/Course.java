package dev.turnout.worker.backfill;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** How far the backfill is, read from the database at most twice a second. Thread-safe. */
final class Course {
    private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

    private final Recent recent = new Recent();
    private Progress latest = new Progress(0, 0, true, "rows", 0, 0);
    private long readAtNanos;
    private boolean read;

    void moved(long rows, Duration took) {
        recent.moved(System.nanoTime(), rows, took);
    }

    void throttled(Duration pause) {
        recent.throttled(System.nanoTime(), pause);
    }

    /** @param lanes that may work at once now */
    synchronized Progress progress(Site site, int lanes) throws SQLException {
        long now = System.nanoTime();
        if (!read || now - readAtNanos > FRESH_NANOS) {
            latest = site.database().transaction(Limits.BOOKKEEPING, connection -> read(connection, site, lanes));
            readAtNanos = now;
            read = true;
        }
        return latest;
    }

    private Progress read(Connection connection, Site site, int lanes) throws SQLException {
        Chunks.Totals totals = Chunks.totals(connection, site);
        long rows = 0;
        long rejected = 0;
        for (Source source : Source.all(site.spec())) {
            rows += RangeUpdate.estimate(connection, source);
            rejected += RejectedRows.count(connection, site, source.name());
        }
        return new Progress(
                totals.rowsDone(),
                Math.max(rows, totals.rowsDone()),
                true,
                "rows",
                rejected,
                recent.perSecond(System.nanoTime()),
                Optional.of(recent.outlook(System.nanoTime(), lanes)));
    }
}
