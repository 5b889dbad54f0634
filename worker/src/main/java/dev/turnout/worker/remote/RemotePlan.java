package dev.turnout.worker.remote;

import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.Cut;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * Cuts the old table of each move into chunks. Must begin after the changelog is on: keys beyond the greatest one that it
 * finds then are named there. Stateless and thread-safe.
 */
public final class RemotePlan implements PhaseWork {
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(2), Duration.ofMinutes(1), 1);

    private final int chunkRows;

    public RemotePlan(int chunkRows) {
        this.chunkRows = chunkRows;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        // Nothing is carried yet, so whoever does it will find that there may be one.
        Pause.possible(site);
        for (Route route : Route.forward(site.spec())) {
            boolean whole = site.database().transaction(LIMITS, connection -> plan(connection, site, route));
            if (!whole) {
                return new Stride.Again("cutting " + route.from() + " into chunks", progress(site));
            }
        }
        Progress planned = progress(site);
        return new Stride.Done(planned.done() + " chunks planned", Map.of("chunks", planned.done()));
    }

    /** @return whether the table is cut to its end; false when the stride has lasted long enough */
    private boolean plan(Connection connection, Site site, Route route) throws SQLException {
        Bookkeeping.fence(connection, site);
        return new Cut(route.move(), SourceTable.of(connection, route), chunkRows).goOn(connection, site);
    }

    private static Progress progress(Site site) throws SQLException {
        long chunks = site.database()
                .transaction(
                        Limits.BOOKKEEPING, connection -> Chunks.totals(connection, site, Route.names(site.spec())))
                .all();
        return new Progress(chunks, chunks, true, "chunks", 0, 0);
    }
}
