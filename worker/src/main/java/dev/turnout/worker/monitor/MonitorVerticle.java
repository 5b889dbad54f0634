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

/** Claims the monitors that are due, measures them on the pool {@code turnout-monitors} and records what came of it. */
public final class MonitorVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(MonitorVerticle.class);
    private static final String POOL = "turnout-monitors";
    private static final int AT_ONCE = 2;
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** Real time; longer than a query may take, so that a measurement is made twice only when a worker died. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private final MonitorBoard board;
    private final Map<String, Database> databases;
    private final Pace pace;
    private final String worker;
    private Optional<WorkerExecutor> queries = Optional.empty();
    private boolean stopping;

    /** @param databases by the names that specs use; monitors take two connections of each at most */
    public MonitorVerticle(MonitorBoard board, Map<String, Database> databases, Pace pace, String worker) {
        this.board = board;
        this.databases = Map.copyOf(databases);
        this.pace = pace;
        this.worker = worker;
    }

    @Override
    public Future<?> start() {
        WorkerExecutor pool = vertx.createSharedWorkerExecutor(POOL, AT_ONCE, LEASE.toSeconds(), TimeUnit.SECONDS);
        queries = Optional.of(pool);
        poll(pool);
        return Future.succeededFuture();
    }

    private void poll(WorkerExecutor pool) {
        board.claimDue(worker, List.copyOf(databases.keySet()), LEASE)
                .compose(due -> Future.join(
                        due.stream().map(each -> measure(pool, each)).toList()))
                .onFailure(e -> log.warn("monitors cannot be measured: {}", e.getMessage()))
                .onComplete(done -> {
                    if (!stopping) {
                        vertx.setTimer(pace.timer(EVERY).toMillis(), fired -> poll(pool));
                    }
                });
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

    @Override
    public Future<?> stop() {
        stopping = true;
        return queries.map(WorkerExecutor::close).orElseGet(Future::succeededFuture);
    }
}
