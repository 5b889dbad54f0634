package dev.turnout.worker.backfill;

import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the table of a move into chunks, behind those that are cut already.
 *
 * @param move whose name the chunks are kept under
 * @param chunkRows rows per chunk
 */
public record Cut(String move, KeyOrder key, int chunkRows) {
    private static final Duration LONGEST = Duration.ofMillis(500);

    /** @return whether the table is cut to its end; false when it has lasted long enough for one transaction */
    public boolean goOn(Connection connection, Site site) throws SQLException {
        if (Chunks.tail(connection, site, move).isEmpty()) {
            KeyRange tail = new KeyRange(key.last(connection), Optional.empty());
            Chunks.plan(connection, site, move, Chunks.TAIL, tail);
        }
        Chunk tail = Chunks.tail(connection, site, move).orElseThrow();
        if (tail.range().lo().isEmpty()) {
            return true;
        }
        Chunk latest = Chunks.latest(connection, site, move).orElseThrow();
        Optional<List<String>> lo =
                latest.seq() == Chunks.TAIL ? Optional.empty() : latest.range().hi();
        int seq = latest.seq() + 1;
        long begun = System.nanoTime();
        while (!lo.equals(tail.range().lo())) {
            KeyRange left = new KeyRange(lo, tail.range().lo());
            KeyRange chunk =
                    key.nth(connection, left, chunkRows).map(left::upTo).orElse(left);
            Chunks.plan(connection, site, move, seq++, chunk);
            lo = chunk.hi();
            if (System.nanoTime() - begun > LONGEST.toNanos()) {
                return false;
            }
        }
        return true;
    }
}
