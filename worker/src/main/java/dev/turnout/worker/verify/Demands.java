package dev.turnout.worker.verify;

import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Coverage;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What operators want verified anew. One is met after the other, the oldest first: so a chunk is verified once for each, and
 * what it found is counted once. For one lane.
 */
final class Demands {
    private final Supplier<List<Demand>> known;
    private List<Demand> open = List.of();
    private long tried;

    /** @param known those that are not over, the oldest first; asked before each chunk */
    Demands(Supplier<List<Demand>> known) {
        this.known = known;
    }

    /** Looks which there are now. To be called before a chunk is read. */
    void look() {
        open = known.get();
    }

    /** As they were at the last look, the oldest first. */
    List<Demand> open() {
        return open;
    }

    /** Known by now; 0: none. */
    long newest() {
        return open.stream().mapToLong(Demand::id).max().orElse(0);
    }

    /** The chunk to verify next; empty: every demand that is known is met. */
    Optional<Chunk> due(Site site) throws SQLException {
        for (Demand demand : open) {
            Optional<Chunk> chunk = site.database()
                    .transaction(
                            Limits.BOOKKEEPING,
                            connection -> Coverage.due(connection, site, demand.id(), demand.table(), tried));
            if (chunk.isPresent()) {
                tried = chunk.get().id();
                return chunk;
            }
        }
        return Optional.empty();
    }

    /** How far each of them is. */
    List<Demand.Met> met(Site site) throws SQLException {
        List<Demand.Met> met = new ArrayList<>();
        for (Demand demand : open) {
            Coverage.Since since = site.database()
                    .transaction(
                            Limits.BOOKKEEPING,
                            connection -> Coverage.since(connection, site, demand.id(), demand.table()));
            met.add(new Demand.Met(
                    demand.id(),
                    since.chunks(),
                    since.done(),
                    since.differences(),
                    since.chunks() > 0 && since.done() == since.chunks()));
        }
        return met;
    }
}
