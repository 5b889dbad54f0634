package dev.turnout.worker.write;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.write.DualWrite.Unsynced;
import dev.turnout.worker.write.WriteBoard.Claimed;
import dev.turnout.worker.write.WriteBoard.Finished;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes writes of applications out of the outbox and performs them, in a few lanes at once, each on a thread of the pool
 * {@code turnout-writes}. A write that has to wait holds up none but the later ones of its row. Durations are real time:
 * an application waits in it.
 */
public final class WriteVerticle extends VerticleBase {
    /** At once, and so the most connections of one database. */
    public static final int LANES = 4;

    private static final Logger log = LoggerFactory.getLogger(WriteVerticle.class);
    private static final String POOL = "turnout-writes";
    /** Per look at the outbox: few, since what one lane has taken up no other lane does meanwhile. */
    private static final int MOST = 8;

    /** Between two looks of anybody, while there is nothing to do. */
    private static final Duration EVERY = Duration.ofMillis(100);

    /** What a killed worker had taken up waits this long. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    /** How long a key tells a repeated write: longer than any client retries. */
    private static final Duration KEPT = Duration.ofDays(7);

    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
    private static final int SWEEP = 1000;

    private final WriteBoard board;
    private final Map<String, Database> databases;
    private final Pace pace;
    private final String worker;
    private final Map<Long, Future<Spec>> specs = new HashMap<>();
    private final Map<String, Future<Boolean>> installed = new HashMap<>();
    private final List<Future<Void>> lanes = new ArrayList<>();
    private Optional<WorkerExecutor> pool = Optional.empty();
    private boolean stopping;

    /** @param databases by the names that specs use; each with {@link #LANES} connections to spare */
    public WriteVerticle(WriteBoard board, Map<String, Database> databases, Pace pace, String worker) {
        this.board = board;
        this.databases = Map.copyOf(databases);
        this.pace = pace;
        this.worker = worker;
    }

    @Override
    public Future<?> start() {
        WorkerExecutor threads = vertx.createSharedWorkerExecutor(POOL, LANES, 1, TimeUnit.MINUTES);
        pool = Optional.of(threads);
        for (int each = 0; each < LANES; each++) {
            int lane = each;
            lanes.add(Future.succeededFuture());
            vertx.setTimer(EVERY.multipliedBy(lane + 1L).toMillis(), fired -> look(threads, lane));
        }
        sweep(threads);
        return Future.succeededFuture();
    }

    /** Lanes without work look in turns. */
    private void look(WorkerExecutor threads, int lane) {
        if (stopping) {
            return;
        }
        long asked = System.nanoTime();
        Future<Integer> looked = board.claim(worker, List.copyOf(databases.keySet()), LEASE, MOST)
                .compose(claimed -> {
                    Future<Void> done = Future.succeededFuture();
                    for (Claimed each : claimed) {
                        done = done.compose(before -> one(threads, lane, each, asked));
                    }
                    return done.map(claimed.size());
                })
                .onFailure(e -> log.warn("writes of applications wait: {}", e.getMessage()));
        lanes.set(lane, looked.<Void>mapEmpty().otherwiseEmpty());
        looked.onComplete(done -> {
            if (done.succeeded() && done.result() > 0) {
                look(threads, lane);
            } else {
                vertx.setTimer(EVERY.multipliedBy(LANES).toMillis(), fired -> look(threads, lane));
            }
        });
    }

    /** Never fails for what is wrong with the one write. */
    private Future<Void> one(WorkerExecutor threads, int lane, Claimed claimed, long asked) {
        if (stopping || System.nanoTime() - asked > LEASE.dividedBy(2).toNanos()) {
            return board.postpone(claimed, Duration.ZERO, "a worker that has time for it");
        }
        return ready(threads, claimed)
                .compose(spec -> threads.executeBlocking(
                        () -> new DualWrite(
                                        site(spec, claimed, lane),
                                        database(spec.place(Side.NEW).database()),
                                        claimed)
                                .perform(),
                        false))
                .transform(done -> done.succeeded()
                        ? board.finish(claimed, done.result())
                        : board.postpone(claimed, pause(claimed), because(claimed, done.cause())));
    }

    private Site site(Spec spec, Claimed claimed, int lane) {
        return new Site(spec, claimed.run(), 0, lane, worker, database(claimed.database()), pace.clock());
    }

    private Database database(String name) {
        return Optional.ofNullable(databases.get(name))
                .orElseThrow(() -> new Unsynced("a worker with a connection to " + name));
    }

    /** The write's spec, once the bookkeeping of its database stands. Asked once; a failure is asked again. */
    private Future<Spec> ready(WorkerExecutor threads, Claimed claimed) {
        Future<Boolean> standing = installed.computeIfAbsent(
                claimed.database(),
                name -> threads.executeBlocking(
                        () -> {
                            Bookkeeping.install(database(name));
                            return true;
                        },
                        false));
        Future<Spec> spec = specs.computeIfAbsent(claimed.run(), run -> board.bundle(run)
                .compose(bundle ->
                        threads.executeBlocking(() -> SpecReader.read(bundle).orThrow(), false)));
        standing.onFailure(e -> installed.remove(claimed.database(), standing));
        spec.onFailure(e -> specs.remove(claimed.run(), spec));
        return standing.compose(stands -> spec);
    }

    /** Twice as long each time, so that a lock held for an hour costs few attempts. */
    private static Duration pause(Claimed claimed) {
        long doubled = FIRST_PAUSE.toMillis() << Math.min(claimed.claim(), 16);
        return Duration.ofMillis(Math.min(LONGEST_PAUSE.toMillis(), doubled));
    }

    /** The failure's kind, not its words: those may hold values. */
    private static String because(Claimed claimed, Throwable failure) {
        String what;
        if (failure instanceof SQLException e) {
            what = claimed.database() + ": " + Failure.of(e) + " (" + e.getSQLState() + ")";
        } else if (failure instanceof Unsynced) {
            what = String.valueOf(failure.getMessage());
        } else {
            what = failure.getClass().getSimpleName();
            log.error("{} {} failed", claimed.write(), claimed.id(), failure);
        }
        log.info("{} {} waits: {}", claimed.write(), claimed.id(), what);
        return what;
    }

    /** First where the rows are, then in the outbox: a write whose outcome is forgotten must not be found waiting. */
    private void sweep(WorkerExecutor threads) {
        board.finished(List.copyOf(databases.keySet()), KEPT, SWEEP)
                .compose(old ->
                        forget(threads, old).compose(done -> board.forget(old)).map(old.size()))
                .onFailure(e -> log.warn("finished writes are kept for now: {}", e.getMessage()))
                .onComplete(done -> {
                    if (!stopping) {
                        boolean more = done.succeeded() && done.result() == SWEEP;
                        vertx.setTimer((more ? EVERY : SWEEP_EVERY).toMillis(), fired -> sweep(threads));
                    }
                });
    }

    private Future<Void> forget(WorkerExecutor threads, List<Finished> old) {
        Future<Void> done = Future.succeededFuture();
        for (var of :
                old.stream().collect(Collectors.groupingBy(Finished::database)).entrySet()) {
            done = done.compose(before -> threads.executeBlocking(
                            () -> database(of.getKey()).transaction(Limits.BOOKKEEPING, connection -> {
                                AppliedWrites.forget(connection, of.getValue());
                                return of;
                            }),
                            false))
                    .mapEmpty();
        }
        return done;
    }

    /** Lets the writes under way finish; what was taken up and not begun is let go of. */
    @Override
    public Future<?> stop() {
        stopping = true;
        return Future.join(lanes)
                .timeout(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)
                .otherwise(e -> {
                    log.warn("not every write could be finished; another worker will find out: {}", e.getMessage());
                    return null;
                })
                .eventually(() -> pool.map(WorkerExecutor::close).orElseGet(Future::succeededFuture));
    }
}
