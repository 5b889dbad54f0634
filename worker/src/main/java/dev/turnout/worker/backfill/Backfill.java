package dev.turnout.worker.backfill;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.throttle.Gauge;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Brings the rows up to date that were there before the triggers, one batch and its checkpoint per stride. Thread-safe as
 * long as no lane runs twice at once; several lanes and several processes share the chunks.
 */
public final class Backfill implements PhaseWork {
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration THROTTLED = Duration.ofMillis(250);
    private static final Duration FOR_OTHERS = Duration.ofMillis(100);
    /** A mapping that gives the same answer twice leaves nothing after two sweeps, whatever applications do. */
    private static final int SWEEPS = 5;

    private final Gauge gauge;
    private final Supplier<Effort> effort;
    private final Allowance allowance = new Allowance();
    private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger sweeps = new AtomicInteger();
    private final Strays strays = new Strays();
    private final Course course = new Course();
    private final BatchLog log;

    /** That nobody reads the log of. */
    public Backfill(Gauge gauge, Supplier<Effort> effort) {
        this(gauge, effort, new BatchLog());
    }

    /** @param effort asked before each batch, so it may change while rows move */
    public Backfill(Gauge gauge, Supplier<Effort> effort, BatchLog log) {
        this.gauge = gauge;
        this.effort = effort;
        this.log = log;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        Lane lane = lanes.computeIfAbsent(site.lane(), number -> new Lane());
        if (site.lane() >= lanes()) {
            return rest(site, lane);
        }
        Optional<String> throttled = gauge.reason(site.database());
        if (throttled.isPresent()) {
            course.throttled(THROTTLED);
            lane.waited(THROTTLED, throttled.get());
            return new Stride.Wait(THROTTLED, throttled.get());
        }
        lane.begins();
        long begun = System.nanoTime();
        try {
            Batch batch = site.database()
                    .transaction(Limits.BATCH, RangeUpdate.settings(site), connection -> batch(connection, site, lane));
            return after(site, lane, batch, Duration.ofNanos(System.nanoTime() - begun));
        } catch (SQLException e) {
            Stride.Wait wait = failed(lane, e);
            lane.waited(wait.pause(), wait.because());
            return wait;
        }
    }

    private void log(Site site, Lane lane, Batch batch, Duration took) {
        log.add(new BatchLog.Line(
                batch.table(),
                site.clock().instant(),
                batch.rows(),
                took,
                batch.kind() == Kind.PUT_ASIDE,
                new BatchLog.Lane(site.worker(), site.lane()),
                lane.waited()));
    }

    /** That may work now: those with the lowest numbers, so that lane 0 always may. */
    private int lanes() {
        return allowance.lanes(effort.get().lanes(), System.nanoTime());
    }

    private static Stride rest(Site site, Lane lane) throws SQLException {
        if (lane.works()) {
            site.database().transaction(Limits.BOOKKEEPING, connection -> {
                Bookkeeping.fence(connection, site);
                Chunks.release(connection, site);
                return site;
            });
            lane.rests();
        }
        return new Stride.Rest(THROTTLED, "fewer lanes are wanted");
    }

    /** How the transaction of a stride went. */
    private enum Kind {
        MOVED,
        PUT_ASIDE,
        NOTHING_FREE,
        NO_INDEX
    }

    /** @param open the chunk, when rows of it are left */
    private record Batch(Kind kind, String table, int rows, Optional<Long> open) {
        boolean full() {
            return open.isPresent();
        }
    }

    private Batch batch(Connection connection, Site site, Lane lane) throws SQLException {
        long begun = System.nanoTime();
        Bookkeeping.fence(connection, site);
        Optional<Chunk> leased = lane.held().isPresent()
                ? Chunks.lease(connection, site, lane.held().get())
                : Chunks.lease(connection, site);
        if (leased.isEmpty()) {
            return new Batch(Kind.NOTHING_FREE, "", 0, Optional.empty());
        }
        Chunk chunk = leased.get();
        Optional<Lane.Road> known = lane.known(chunk.table());
        Lane.Road road = known.isPresent()
                ? known.get()
                : Lane.explore(connection, site, Source.named(site.spec(), chunk.table()));
        KeyRange rest = chunk.rest();
        int size = lane.size();
        if (known.isEmpty()) {
            KeyRange first = Taken.seen(connection, road.key(), rest, size).range();
            // The tail may be open on both sides, when the table was empty: then there is no bound to reach by an
            // index.
            if (!first.equals(KeyRange.all()) && !road.write().usesIndex(connection, first)) {
                return new Batch(Kind.NO_INDEX, chunk.table(), 0, Optional.empty());
            }
            lane.remember(road);
        }
        Taken taken = road.write().take(connection, rest, size);
        boolean fits = write(connection, site, road, taken);
        Chunks.Step step = new Chunks.Step(
                taken.range().hi(), taken.rows(), Duration.ofNanos(System.nanoTime() - begun), taken.last());
        if (!Chunks.checkpoint(connection, site, chunk, step, LEASE)) {
            throw new StaleEpoch(site.run(), site.epoch());
        }
        Optional<Long> open = taken.last() ? Optional.empty() : Optional.of(chunk.id());
        return new Batch(fits ? Kind.MOVED : Kind.PUT_ASIDE, chunk.table(), taken.rows(), open);
    }

    /** @return false when a row was put aside: one that the mapping cannot take, then alone in its range, or in quarantine */
    private static boolean write(Connection connection, Site site, Lane.Road road, Taken taken) throws SQLException {
        KeyRange range = taken.range();
        if (taken.rows() != 1) {
            road.write().run(connection, range);
            return road.write().quarantine(connection, site, range) == 0;
        }
        Savepoint before = connection.setSavepoint();
        try {
            road.write().run(connection, range);
            return road.write().quarantine(connection, site, range) == 0;
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            connection.rollback(before);
            RejectedRows.putAside(connection, site, road.source(), road.key(), range, e);
            return false;
        }
    }

    private Stride after(Site site, Lane lane, Batch batch, Duration took) throws SQLException {
        lane.holds(batch.open());
        return switch (batch.kind()) {
            case NO_INDEX ->
                new Stride.Stop(
                        "the database would read all of " + batch.table() + " for every batch",
                        List.of("no index serves the key "
                                + Source.named(site.spec(), batch.table()).key() + " of " + batch.table()),
                        "create a unique index on the key (CONCURRENTLY), then resume");
            case NOTHING_FREE -> end(site);
            case PUT_ASIDE -> {
                lane.putAside();
                log(site, lane, batch, took);
                course.moved(batch.rows(), took);
                yield afterPuttingAside(site, batch.table());
            }
            case MOVED -> {
                lane.wentThrough(batch.rows(), batch.full(), took, effort.get().batch());
                log(site, lane, batch, took);
                course.moved(batch.rows(), took);
                yield new Stride.Again("moving rows of " + batch.table(), course.progress(site, lanes()));
            }
        };
    }

    private Stride afterPuttingAside(Site site, String table) throws SQLException {
        Optional<Stride> tooMany = RejectedLimit.stop(site);
        return tooMany.isPresent()
                ? tooMany.get()
                : new Stride.Again("put a row of " + table + " aside", course.progress(site, lanes()));
    }

    private Stride.Wait failed(Lane lane, SQLException e) throws SQLException {
        switch (Failure.of(e)) {
            case LOCK_TIMEOUT, DEADLOCK, SERIALIZATION -> {
                lane.yielded();
                allowance.yielded(effort.get().lanes(), System.nanoTime());
                return new Stride.Wait(jittered(50), "an application holds a row of the batch: giving way");
            }
            case STATEMENT_TIMEOUT -> {
                lane.yielded();
                return new Stride.Wait(
                        jittered(500), "a batch took longer than its statement timeout: trying a smaller one");
            }
            case BAD_DATA -> {
                lane.failedOnARow(lane.size());
                return new Stride.Wait(Duration.ofMillis(1), "looking for the row that fails with: " + e.getMessage());
            }
            default -> throw e;
        }
    }

    private static Duration jittered(int millis) {
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextInt(millis));
    }

    /** No chunk is free: either others are at work on the last ones, or it is time for the sweep. */
    private Stride end(Site site) throws SQLException {
        Chunks.Totals totals =
                site.database().transaction(Limits.BOOKKEEPING, connection -> Chunks.totals(connection, site));
        if (totals.open() > 0) {
            return new Stride.Wait(FOR_OTHERS, "the last " + totals.open() + " chunks are being moved by others");
        }
        if (site.lane() != 0) {
            return new Stride.Wait(FOR_OTHERS, "every chunk is moved; lane 0 makes sure");
        }
        SecondTry.ofAll(site);
        Optional<Stride> notYet = strays.takeAway(site, course.progress(site, lanes()));
        if (notYet.isPresent()) {
            return notYet.get();
        }
        Map<String, Object> report = new LinkedHashMap<>();
        for (Source source : Source.all(site.spec())) {
            long left = Sweep.left(site, source);
            if (left > 0) {
                return again(site, source, left);
            }
            List<String> rejected = rejected(site, source);
            report.put(source.name(), Map.of("rejected", rejected));
        }
        report.put("rows", totals.rowsDone());
        return new Stride.Done(totals.rowsDone() + " rows hold what the mapping says", report);
    }

    private Stride again(Site site, Source source, long left) throws SQLException {
        if (sweeps.incrementAndGet() >= SWEEPS) {
            return new Stride.Stop(
                    left + " rows of " + source.name() + " differ again after they were written",
                    List.of("up does not give the same value twice, or another trigger changes the new columns"),
                    "make every up depend on the row alone, then start a new run");
        }
        Sweep.reopen(site, source);
        // What a lane has learned of the tables may be out of date, and that the reason.
        lanes.clear();
        return new Stride.Again(
                left + " rows of " + source.name() + " are still to do", course.progress(site, lanes()));
    }

    private static List<String> rejected(Site site, Source source) throws SQLException {
        return new ArrayList<>(site.database()
                .transaction(
                        Limits.BOOKKEEPING, connection -> RejectedRows.list(connection, site, source.name(), 100)));
    }
}
