package dev.turnout.worker.run;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run on a board in memory, with the fences of the real one. Thread-safe. */
final class MemoryBoard implements RunBoard {
    private final Bundle bundle;
    private final List<Phase> log = new ArrayList<>();
    private final List<BatchLog.Line> batches = new ArrayList<>();
    private List<SchemaLog.Line> schemaLog = List.of();
    private String worker = "";
    private long epoch;
    private Phase phase = Phase.CREATED;
    private Optional<Phase> pausedFrom = Optional.empty();
    private Wish wish = Wish.RUN;
    private RolloutView rollout =
            new RolloutView(false, false, 0, Optional.empty(), 0, Optional.empty(), Optional.empty());
    private Note note = new Note("", Map.of(), List.of(), "", Optional.empty());
    private String because = "";

    private Orders orders = Orders.NONE;
    private Optional<Rejected> rejected = Optional.empty();
    private long triedAgain;

    MemoryBoard(Bundle bundle) {
        this.bundle = bundle;
    }

    synchronized void wish(Wish wanted) {
        wish = wanted;
    }

    synchronized void rollout(RolloutView view) {
        rollout = view;
    }

    synchronized void orders(Orders said) {
        orders = said;
    }

    synchronized List<SchemaLog.Line> schemaLog() {
        return schemaLog;
    }

    synchronized List<BatchLog.Line> batches() {
        return List.copyOf(batches);
    }

    synchronized Optional<Rejected> rejected() {
        return rejected;
    }

    synchronized long triedAgain() {
        return triedAgain;
    }

    synchronized void at(Phase here) {
        phase = here;
    }

    /** What happens when a lease has run out: the next claim is somebody else's. */
    synchronized void takeAway() {
        worker = "";
    }

    synchronized Phase phase() {
        return phase;
    }

    synchronized List<Phase> log() {
        return List.copyOf(log);
    }

    synchronized Note note() {
        return note;
    }

    synchronized String because() {
        return because;
    }

    synchronized String worker() {
        return worker;
    }

    @Override
    public synchronized Future<List<Claim>> claim(String who, List<String> databases, Duration lease) {
        if (phase.over() || (!worker.isEmpty() && !worker.equals(who))) {
            return Future.succeededFuture(List.of());
        }
        if (worker.isEmpty()) {
            worker = who;
            epoch++;
        }
        return Future.succeededFuture(List.of(new Claim(
                "visits-in-minutes", 7, epoch, bundle, phase, Instant.EPOCH, wish, pausedFrom, rollout, orders)));
    }

    @Override
    public synchronized Future<Void> enter(
            Claim claim, Phase from, Phase to, String reason, Map<String, Object> report) {
        if (claim.epoch() != epoch || from != phase) {
            return Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
        }
        boolean still = to == Phase.PAUSED || to == Phase.FAILED;
        pausedFrom = still ? Optional.of(from) : Optional.empty();
        phase = to;
        because = reason;
        log.add(to);
        if (to == Phase.FAILED && wish == Wish.RUN) {
            wish = Wish.PAUSE;
        }
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> note(Claim claim, Note seen) {
        if (claim.epoch() != epoch) {
            return Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
        }
        note = seen;
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> rejected(Claim claim, Rejected rows, long tried) {
        if (claim.epoch() != epoch) {
            return Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
        }
        rejected = Optional.of(rows);
        triedAgain = tried;
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> logged(Claim claim, Log seen) {
        if (claim.epoch() != epoch) {
            return Future.failedFuture(new ClaimLost(claim.migration(), claim.epoch()));
        }
        schemaLog = seen.schema().orElse(schemaLog);
        batches.addAll(seen.batches());
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> release(Claim claim) {
        if (claim.epoch() == epoch) {
            worker = "";
        }
        return Future.succeededFuture();
    }
}
