package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.backfill.BatchSizer;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.RejectedLimit;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.Search;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Carries the rows over that were there before the changelog, one batch per stride: the chunk's lease and the checkpoint in
 * the transaction of the source, the gate and the rows in that of the target, which commits first. A batch that is repeated
 * because only the target committed finds its rows there and leaves them. Thread-safe as long as no lane runs twice at once;
 * several lanes and processes share the chunks.
 */
public final class RemoteBackfill implements PhaseWork {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration FOR_OTHERS = Duration.ofMillis(100);
    /** The changelog is fuller than the applier can keep up with: more rows now would only make that worse. */
    private static final Duration FARTHEST_BEHIND = Duration.ofSeconds(10);

    private static final Limits SOURCE = Limits.BATCH;
    /** The applier holds the gate for one batch of changes. */
    private static final Limits TARGET = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(30), 1);

    private final Supplier<Duration> target;
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private final BatchLog log;

    /** That nobody reads the log of. */
    public RemoteBackfill(Supplier<Duration> target) {
        this(target, new BatchLog());
    }

    /** @param target how long a batch should last; asked before each, so it may change while rows move */
    public RemoteBackfill(Supplier<Duration> target, BatchLog log) {
        this.target = target;
        this.log = log;
    }

    /** What one lane remembers between two batches. */
    private static final class Lane {
        final BatchSizer sizer = new BatchSizer();
        final Map<String, Ferry> ferries = new HashMap<>();
        Optional<Search> search = Optional.empty();
        BatchLog.Waited waited = BatchLog.Waited.NOT;

        int size() {
            return search.map(Search::size).orElseGet(sizer::size);
        }
    }

    /**
     * How a batch went.
     *
     * @param aside rows that were put aside
     * @param full it had as many rows as it was meant to
     */
    private record Batch(String move, int rows, int aside, boolean full) {}

    @Override
    public Stride stride(Site site) throws SQLException {
        Lane lane = lanes.computeIfAbsent(site.lane(), number -> new Lane());
        Optional<Stride.Wait> behind = behind(site);
        if (behind.isPresent()) {
            return waits(lane, behind.get());
        }
        long begun = System.nanoTime();
        try {
            Optional<Batch> batch = site.database().transaction(SOURCE, source -> batch(source, site, lane));
            return batch.isPresent()
                    ? moved(site, lane, batch.get(), Duration.ofNanos(System.nanoTime() - begun))
                    : end(site);
        } catch (SQLException e) {
            lane.ferries.clear();
            return waits(lane, failed(lane, e));
        }
    }

    private static Stride waits(Lane lane, Stride.Wait wait) {
        lane.waited = lane.waited.and(wait.pause(), wait.because());
        return wait;
    }

    private static Optional<Stride.Wait> behind(Site site) throws SQLException {
        Optional<Duration> lag = lag(site);
        return lag.filter(age -> age.compareTo(FARTHEST_BEHIND) > 0)
                .map(age -> new Stride.Wait(
                        FOR_OTHERS, "the changelog is " + age.toSeconds() + " s behind: its changes go first"));
    }

    private static Optional<Duration> lag(Site site) throws SQLException {
        return site.database()
                .transaction(
                        Limits.BOOKKEEPING, connection -> Changelog.lag(connection, site, Route.forward(site.spec())));
    }

    private Optional<Batch> batch(Connection source, Site site, Lane lane) throws SQLException {
        long begun = System.nanoTime();
        Bookkeeping.fence(source, site);
        SearchPath.of(source, site.spec(), Side.OLD);
        Optional<Chunk> leased = Chunks.lease(source, site, Route.names(site.spec()));
        if (leased.isEmpty()) {
            return Optional.empty();
        }
        Chunk chunk = leased.get();
        Route route = route(site, chunk.table());
        KeyRange rest = chunk.rest();
        int size = lane.size();
        Ferry[] ferry = {lane.ferries.get(route.move())};
        Optional<List<String>> end =
                (ferry[0] == null ? SourceTable.of(source, route) : ferry[0].source()).nth(source, rest, size);
        KeyRange range = end.map(rest::upTo).orElse(rest);
        List<Ferry.Bad> bad = site.database(Side.NEW).transaction(TARGET, to -> {
            Bookkeeping.fence(to, site);
            Gate.shared(to, site, route.move());
            if (ferry[0] == null) {
                ferry[0] = Ferry.of(source, to, route);
            }
            return fill(source, to, ferry[0], range, size == 1);
        });
        lane.ferries.put(route.move(), ferry[0]);
        for (Ferry.Bad row : bad) {
            Aside.Note note = new Aside.Note("BACKFILL", row.sqlState(), row.words(), Optional.empty());
            Aside.put(source, site, route, row.key(), note);
        }
        int rows = end.isPresent() ? size : (int) ferry[0].source().count(source, range);
        if (!Chunks.checkpoint(
                source,
                site,
                chunk,
                new Chunks.Step(range.hi(), rows, Duration.ofNanos(System.nanoTime() - begun), end.isEmpty()),
                LEASE)) {
            throw new StaleEpoch(site.run(), site.epoch());
        }
        return Optional.of(new Batch(route.move(), rows, bad.size(), end.isPresent()));
    }

    /** @param single the range is one row: when the target takes it for bad, it is */
    private static List<Ferry.Bad> fill(Connection source, Connection to, Ferry ferry, KeyRange range, boolean single)
            throws SQLException {
        if (!single) {
            return ferry.fill(source, to, range);
        }
        var before = to.setSavepoint();
        try {
            return ferry.fill(source, to, range);
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            to.rollback(before);
            return List.of(new Ferry.Bad(range.hi().orElseThrow(), String.valueOf(e.getSQLState()), Failure.words(e)));
        }
    }

    private Stride moved(Site site, Lane lane, Batch batch, Duration took) throws SQLException {
        log.add(new BatchLog.Line(
                batch.move(),
                site.clock().instant(),
                batch.rows(),
                took,
                batch.aside() > 0,
                new BatchLog.Lane(site.worker(), site.lane()),
                lane.waited));
        lane.waited = BatchLog.Waited.NOT;
        if (lane.search.isPresent()) {
            Search search = lane.search.get();
            Search next = batch.aside() > 0 && search.size() == 1 ? search.found() : search.passed();
            lane.search = batch.full() && !next.over() ? Optional.of(next) : Optional.empty();
        } else if (batch.full()) {
            lane.sizer.took(batch.rows(), took, target.get());
        }
        if (batch.aside() > 0) {
            Optional<Stride> stop = RejectedLimit.stop(site);
            if (stop.isPresent()) {
                return stop.get();
            }
        }
        return new Stride.Again("moving rows of " + batch.move(), progress(site));
    }

    private static List<String> rejected(Site site, Route route) throws SQLException {
        return new ArrayList<>(site.database()
                .transaction(Limits.BOOKKEEPING, connection -> RejectedRows.list(connection, site, route.move(), 100)));
    }

    private static Route route(Site site, String move) {
        return Route.forward(site.spec()).stream()
                .filter(route -> route.move().equals(move))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the spec carries nothing called " + move));
    }

    private Stride.Wait failed(Lane lane, SQLException e) throws SQLException {
        switch (Failure.of(e)) {
            case LOCK_TIMEOUT, DEADLOCK, SERIALIZATION -> {
                return new Stride.Wait(jittered(50), "changes go first: giving way");
            }
            case STATEMENT_TIMEOUT -> {
                lane.sizer.yielded();
                return new Stride.Wait(
                        jittered(500), "a batch took longer than its statement timeout: trying a smaller one");
            }
            case BAD_DATA -> {
                int tried = lane.size();
                lane.search = Optional.of(lane.search.map(Search::failed).orElseGet(() -> Search.in(tried)));
                return new Stride.Wait(Duration.ofMillis(1), "looking for the row that fails with: " + e.getMessage());
            }
            default -> throw e;
        }
    }

    private static Duration jittered(int millis) {
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextInt(millis));
    }

    private Stride end(Site site) throws SQLException {
        Chunks.Totals totals = site.database()
                .transaction(
                        Limits.BOOKKEEPING, connection -> Chunks.totals(connection, site, Route.names(site.spec())));
        if (totals.open() > 0) {
            return new Stride.Wait(FOR_OTHERS, "the last " + totals.open() + " chunks are being moved by others");
        }
        if (site.lane() != 0) {
            return new Stride.Wait(FOR_OTHERS, "every chunk is moved; lane 0 makes sure");
        }
        SecondChance.ofAll(site);
        Optional<Duration> lag = lag(site);
        if (lag.isPresent() && lag.get().compareTo(Duration.ofSeconds(1)) > 0) {
            return new Stride.Wait(FOR_OTHERS, "the changelog is " + lag.get().toSeconds() + " s behind");
        }
        Map<String, Object> report = new LinkedHashMap<>();
        // The applier puts rows aside as well, and is not asked how many.
        Optional<Stride> stop = RejectedLimit.stop(site);
        if (stop.isPresent()) {
            return stop.get();
        }
        for (Route route : Route.forward(site.spec())) {
            report.put(route.move(), Map.of("rejected", rejected(site, route)));
        }
        report.put("rows", totals.rowsDone());
        return new Stride.Done(totals.rowsDone() + " rows are carried over", report);
    }

    private Progress progress(Site site) throws SQLException {
        Chunks.Totals totals = site.database()
                .transaction(
                        Limits.BOOKKEEPING, connection -> Chunks.totals(connection, site, Route.names(site.spec())));
        long rejected = 0;
        for (Route route : Route.forward(site.spec())) {
            rejected += site.database()
                    .transaction(Limits.BOOKKEEPING, connection -> RejectedRows.count(connection, site, route.move()));
        }
        long all = totals.all() == totals.open()
                ? totals.rowsDone()
                : totals.rowsDone() * totals.all() / Math.max(1, totals.all() - totals.open());
        return new Progress(totals.rowsDone(), Math.max(totals.rowsDone(), all), true, "rows", rejected, 0);
    }
}
