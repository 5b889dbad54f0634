package dev.turnout.worker.backfill;

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
 * Cuts each table into chunks. Must begin after the sync triggers stand: keys beyond the greatest one that it finds then are
 * theirs, so the backfill has an end however fast rows come in. Stateless and thread-safe.
 */
public final class ChunkPlan implements PhaseWork {
    private static final Limits LIMITS = new Limits(Duration.ofSeconds(2), Duration.ofMinutes(1), 1);

    private final int chunkRows;

    /** @param chunkRows rows per chunk; small enough that a takeover costs little, large enough that chunks are few */
    public ChunkPlan(int chunkRows) {
        if (chunkRows < 1) {
            throw new IllegalArgumentException("chunkRows must be at least 1, is " + chunkRows);
        }
        this.chunkRows = chunkRows;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        for (Source source : Source.all(site.spec())) {
            boolean whole = site.database().transaction(LIMITS, connection -> plan(connection, site, source));
            if (!whole) {
                return new Stride.Again("cutting " + source.name() + " into chunks", progress(site));
            }
        }
        Progress planned = progress(site);
        return new Stride.Done(planned.done() + " chunks planned", Map.of("chunks", planned.done()));
    }

    /** @return whether the table is cut to its end; false when the stride has lasted long enough */
    private boolean plan(Connection connection, Site site, Source source) throws SQLException {
        Bookkeeping.fence(connection, site);
        return new Cut(source.name(), KeySql.of(connection, source), chunkRows).goOn(connection, site);
    }

    private static Progress progress(Site site) throws SQLException {
        long chunks = site.database()
                .transaction(Limits.BOOKKEEPING, connection -> Chunks.totals(connection, site))
                .all();
        return new Progress(chunks, chunks, true, "chunks", 0, 0);
    }
}
