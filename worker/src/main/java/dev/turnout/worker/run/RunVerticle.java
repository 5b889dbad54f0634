package dev.turnout.worker.run;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Side;
import dev.turnout.migration.SpecReader;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Note;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims runs and drives them. Its event loop owns the state of every run; only strides block, on the pool
 * {@code turnout-strides}. Stops within five seconds; a run whose stride has not ended by then is left to its lease.
 */
public final class RunVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(RunVerticle.class);
    private static final String POOL = "turnout-strides";
    private static final long LONGEST_STRIDE_HOURS = 6;
    private static final long LONGEST_STOP_SECONDS = 5;

    private final RunBoard board;
    private final Map<String, Database> databases;
    private final Pace pace;
    private final RunSettings settings;
    private final Map<Long, Conductor> conductors = new HashMap<>();
    private Optional<Workshop> shop = Optional.empty();
    private boolean stopping;

    /** @param databases by the names that specs use; each with as many connections as there may be lanes */
    public RunVerticle(RunBoard board, Map<String, Database> databases, Pace pace, RunSettings settings) {
        this.board = board;
        this.databases = Map.copyOf(databases);
        this.pace = pace;
        this.settings = settings;
    }

    @Override
    public Future<?> start() {
        // One more, for what goes on beside a phase.
        int size = (Tuning.MOST_LANES + 1) * Math.max(1, databases.size());
        WorkerExecutor strides = vertx.createSharedWorkerExecutor(POOL, size, LONGEST_STRIDE_HOURS, TimeUnit.HOURS);
        Workshop made = new Workshop(vertx, strides, board, settings, pace);
        shop = Optional.of(made);
        poll(made);
        return Future.succeededFuture();
    }

    private void poll(Workshop made) {
        long asked = System.nanoTime();
        board.claim(settings.worker(), List.copyOf(databases.keySet()), settings.lease())
                .onSuccess(claims -> claimed(made, claims, asked))
                .onFailure(e -> log.warn("the runs cannot be claimed: {}", e.getMessage()))
                .onComplete(done -> {
                    if (!stopping) {
                        vertx.setTimer(settings.poll().toMillis(), fired -> poll(made));
                    }
                });
    }

    private void claimed(Workshop made, List<Claim> claims, long asked) {
        if (stopping) {
            return;
        }
        Set<Long> held = claims.stream().map(Claim::run).collect(Collectors.toSet());
        conductors.entrySet().removeIf(entry -> {
            boolean gone = entry.getValue().lost() || !held.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        for (Claim claim : claims) {
            conductor(made, claim).ifPresent(conductor -> conductor.renewed(claim, asked));
        }
    }

    private Optional<Conductor> conductor(Workshop made, Claim claim) {
        Conductor known = conductors.get(claim.run());
        if (known != null) {
            return Optional.of(known);
        }
        Reading reading = SpecReader.read(claim.bundle());
        if (reading instanceof Reading.Refused refused) {
            // It was accepted when the run was started: by a version with other rules.
            List<String> problems =
                    refused.problems().stream().map(Object::toString).toList();
            board.note(
                            claim,
                            new Note(
                                    "a worker that reads this spec",
                                    Map.of(),
                                    problems,
                                    "drive the run with the version that started it",
                                    Optional.empty()))
                    .onFailure(e -> log.warn("run {}: {}", claim.run(), e.getMessage()));
            return Optional.empty();
        }
        var spec = reading.orThrow();
        Database database = databases.get(spec.database().database());
        Optional<Database> target = spec.remote()
                ? Optional.ofNullable(databases.get(spec.place(Side.NEW).database()))
                : Optional.empty();
        if (database == null || (spec.remote() && target.isEmpty())) {
            log.warn(
                    "run {} wants the database {}, which this worker does not have",
                    claim.run(),
                    spec.place(database == null ? Side.OLD : Side.NEW).database());
            // Somebody else may have both.
            board.release(claim).onFailure(e -> log.warn("run {}: {}", claim.run(), e.getMessage()));
            return Optional.empty();
        }
        Phases phases = new Phases(pace, settings, spec);
        Conductor conductor = new Conductor(made, phases, database, target, spec, claim);
        conductors.put(claim.run(), conductor);
        return Optional.of(conductor);
    }

    @Override
    public Future<?> stop() {
        stopping = true;
        List<Future<Void>> let = new ArrayList<>();
        for (Conductor conductor : conductors.values()) {
            let.add(conductor.close().compose(quiet -> board.release(conductor.claim())));
        }
        return Future.join(let)
                .timeout(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)
                .otherwise(e -> {
                    log.warn("not every run could be let go of; its lease will end: {}", e.getMessage());
                    return null;
                })
                .eventually(() -> shop.map(made -> made.strides().close()).orElseGet(Future::succeededFuture));
    }
}
