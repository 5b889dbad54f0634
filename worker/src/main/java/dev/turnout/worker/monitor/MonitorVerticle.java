package dev.turnout.worker.monitor;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.monitor.MonitorBoard.Due;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the monitors and the scheduled SQL that are due, runs them on the pools {@code turnout-monitors} and
 * {@code turnout-chores}, and records what came of it. Each kind has a look and threads of its own, so that upkeep keeps no
 * monitor waiting for its claim.
 */
public final class MonitorVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(MonitorVerticle.class);
    private static final String PROMETHEUS = "prometheus:";
    private static final String MONITORS = "turnout-monitors";
    /** Of its own: a chore may take long, and a monitor that waits for a thread would lose its claim. */
    private static final String CHORES = "turnout-chores";

    private static final int AT_ONCE = 2;
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** Real time; longer than all that is claimed at once may take, so that a query runs twice only when a worker died. */
    private static final Duration LEASE = Duration.ofMinutes(3);

    private final MonitorBoard board;
    private final ChoreBoard chores;
    private final Sources sources;
    private final Pace pace;
    private final String worker;
    private final List<WorkerExecutor> pools = new ArrayList<>();
    private boolean stopping;

    /** What is asked; monitors and chores take two connections each of a database at most, at once. */
    public record Sources(Map<String, Database> databases, Map<String, Prometheus> prometheus) {
        public Sources {
            databases = Map.copyOf(databases);
            prometheus = Map.copyOf(prometheus);
        }

        /** As {@link Monitor.Query#source} has them. */
        List<String> names() {
            List<String> names = new ArrayList<>(databases.keySet());
            prometheus.keySet().forEach(name -> names.add(PROMETHEUS + name));
            return names;
        }
    }

    /** @param sources by the names that specs use */
    public MonitorVerticle(MonitorBoard board, ChoreBoard chores, Sources sources, Pace pace, String worker) {
        this.board = board;
        this.chores = chores;
        this.sources = sources;
        this.pace = pace;
        this.worker = worker;
    }

    @Override
    public Future<?> start() {
        measureDue(pool(MONITORS));
        runDue(pool(CHORES));
        return Future.succeededFuture();
    }

    private WorkerExecutor pool(String name) {
        WorkerExecutor pool = vertx.createSharedWorkerExecutor(name, AT_ONCE, LEASE.toSeconds(), TimeUnit.SECONDS);
        pools.add(pool);
        return pool;
    }

    private void measureDue(WorkerExecutor pool) {
        board.claimDue(worker, sources.names(), LEASE)
                .compose(due -> Future.join(
                        due.stream().map(each -> measure(pool, each)).toList()))
                .onFailure(e -> log.warn("monitors cannot be measured: {}", e.getMessage()))
                .onComplete(done -> again(() -> measureDue(pool)));
    }

    private void runDue(WorkerExecutor pool) {
        chores.claimDue(worker, List.copyOf(sources.databases().keySet()), LEASE)
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
        return pool.executeBlocking(() -> measured(due), false).compose(measurement -> board.record(due, measurement));
    }

    private Measurement measured(Due due) {
        Monitor monitor = due.monitor();
        String source = monitor.query().source();
        Instant now = pace.clock().instant();
        Database database = sources.databases().get(source);
        if (database != null) {
            return MonitorQuery.measure(database, monitor, due.since(), now);
        }
        Prometheus prometheus =
                source.startsWith(PROMETHEUS) ? sources.prometheus().get(source.substring(PROMETHEUS.length())) : null;
        return prometheus != null
                ? PrometheusQuery.measure(prometheus, monitor, due.since(), now)
                : Judgement.error("this worker does not know " + source).measured(now, Duration.ZERO);
    }

    private Future<Void> run(WorkerExecutor pool, ChoreBoard.Due due) {
        Database database = sources.databases().get(due.database());
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
        return Future.join(pools.stream().map(WorkerExecutor::close).toList());
    }
}
