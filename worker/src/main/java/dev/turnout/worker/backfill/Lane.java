package dev.turnout.worker.backfill;

import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What one lane remembers between two batches: lost with the process, without harm. Not thread-safe: one stride at a time. */
final class Lane {
    private final BatchSizer sizer = new BatchSizer();
    private final Map<String, Road> roads = new HashMap<>();
    private Optional<Search> search = Optional.empty();
    private Optional<Long> held = Optional.empty();
    private boolean works;
    private BatchLog.Waited waited = BatchLog.Waited.NOT;

    /** Whether it may hold a chunk. */
    boolean works() {
        return works;
    }

    void begins() {
        works = true;
    }

    void rests() {
        works = false;
        held = Optional.empty();
    }

    /** The chunk of its last batch, when that has rows left: nobody else will have taken it. */
    Optional<Long> held() {
        return held;
    }

    void holds(Optional<Long> chunk) {
        held = chunk;
    }

    /** How the rows of one table are reached. */
    record Road(Source source, KeySql key, RangeWrite write) {}

    /** Read once: the types of key columns do not change under a running migration. */
    Optional<Road> known(String table) {
        return Optional.ofNullable(roads.get(table));
    }

    static Road explore(Connection connection, Site site, Source source) throws SQLException {
        return RangeWrites.road(connection, site, source);
    }

    void remember(Road road) {
        roads.put(road.source().name(), road);
    }

    int size() {
        return search.map(Search::size).orElseGet(sizer::size);
    }

    /** @param full false for the last batch of a chunk: it ends a search, and is too short to learn a size from */
    void wentThrough(int rows, boolean full, Duration took, Duration target) {
        if (search.isPresent()) {
            search = full ? search.map(Search::passed).filter(s -> !s.over()) : Optional.empty();
        } else if (full) {
            sizer.took(rows, took, target);
        }
    }

    void failedOnARow(int tried) {
        search = Optional.of(search.map(Search::failed).orElseGet(() -> Search.in(tried)));
    }

    void putAside() {
        search = search.map(Search::found).filter(s -> !s.over());
    }

    /** Its next batch has waited for this. */
    void waited(Duration pause, String because) {
        waited = waited.and(pause, because);
    }

    /** What the batch that is done now has waited for. */
    BatchLog.Waited waited() {
        BatchLog.Waited before = waited;
        waited = BatchLog.Waited.NOT;
        return before;
    }

    void yielded() {
        sizer.yielded();
    }
}
