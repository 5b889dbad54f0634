package dev.turnout.worker.monitor;

import dev.turnout.flags.time.Pace;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.monitor.MonitorBoard.Due;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the monitors and the scheduled SQL that are due, runs them on the pool {@code turnout-monitors} and records what came
 * of it. Each kind has a look of its own, so that upkeep keeps no monitor waiting for its claim.
 */
public final class MonitorVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(MonitorVerticle.class);
    private static final String POOL = "turnout-monitors";
    private static final int AT_ONCE = 2;
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** Real time; longer than a query may take, so that a measurement is made twice only when a worker died. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private final MonitorBoard board;
    private final ChoreBoard chores;
    private final Map<String, Database> databases;
    private final Pace pace;
    private final String worker;
    private Optional<WorkerExecutor> queries = Optional.empty();
    private boolean stopping;

    /** @param databases by the names that specs use; monitors take two connections of each at most */
    public MonitorVerticle(
            MonitorBoard board, ChoreBoard chores, Map<String, Database> databases, Pace pace, String worker) {
        this.board = board;
        this.chores = chores;
        this.databases = Map.copyOf(databases);
        this.pace = pace;
        this.worker = worker;
    }

    @Override
    public Future<?> start() {
        WorkerExecutor pool = vertx.createSharedWorkerExecutor(POOL, AT_ONCE, LEASE.toSeconds(), TimeUnit.SECONDS);
        queries = Optional.of(pool);
        measureDue(pool);
        runDue(pool);
        return Future.succeededFuture();
    }

    private void measureDue(WorkerExecutor pool) {
        board.claimDue(worker, List.copyOf(databases.keySet()), LEASE)
                .compose(due -> Future.join(
                        due.stream().map(each -> measure(pool, each)).toList()))
                .onFailure(e -> log.warn("monitors cannot be measured: {}", e.getMessage()))
                .onComplete(done -> again(() -> measureDue(pool)));
    }

    private void runDue(WorkerExecutor pool) {
        chores.claimDue(worker, List.copyOf(databases.keySet()), LEASE)
                .compose(due ->
                        Future.join(due.stream().map(each -> run(pool, each)).toList()))
                .onFailure(e -> log.warn("scheduled SQL cannot be run: {}", e.getMessage()))
                .onComplete(done -> again(() -> runDue(pool)));
    }

    private void again(Runnable look) {
        if (!stopping) {
            vertx.setTimer(pace.timer(EVERY).toMillis(), fired -> look.run());
        }
    }

    private Future<Void> measure(WorkerExecutor pool, Due due) {
        Database database = databases.get(due.database());
        if (database == null) {
            return Future.failedFuture("no database " + due.database() + " for the monitor "
                    + due.monitor().name());
        }
        return pool.executeBlocking(
                        () -> MonitorQuery.measure(
                                database, due.monitor(), pace.clock().instant()),
                        false)
                .compose(measurement -> board.record(due, measurement));
    }

    private Future<Void> run(WorkerExecutor pool, ChoreBoard.Due due) {
        Database database = databases.get(due.database());
        if (database == null) {
            return Future.failedFuture(
                    "no database " + due.database() + " for '" + due.chore().name() + "'");
        }
        return pool.executeBlocking(
                        () -> ChoreRound.run(database, due.chore(), pace.clock().instant()), false)
                .compose(round -> chores.record(due, round));
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        return queries.map(WorkerExecutor::close).orElseGet(Future::succeededFuture);
    }
}
