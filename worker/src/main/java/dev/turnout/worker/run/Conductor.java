package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Spec;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.ClaimLost;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Orders;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one run while this worker has it: starts strides, acts on how they went, moves the run from phase to phase. Its
 * state belongs to the event loop that made it.
 */
final class Conductor {
    private static final Logger log = LoggerFactory.getLogger(Conductor.class);
    /** A failure that no repetition has cured by now needs an operator. */
    private static final int HOPELESS = 10;

    private static final Duration BETWEEN_TRIES_BACK = Duration.ofSeconds(5);

    /** No stride starts so shortly before the lease ends: it could still be at work when somebody else begins. */
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private final Workshop shop;
    private final Works works;
    private final Database database;
    private final Optional<Database> target;
    private final Spec spec;
    private final Context loop;
    private final Sight sight = new Sight();

    /** Read by worker threads before each batch. */
    private volatile Orders orders;

    private Claim claim;
    private PutAside putAside;
    private Logbook logbook;
    private long leaseEndsNanos;
    private Lanes lanes;
    private Beside beside;
    private Optional<Ending> ending = Optional.empty();
    private boolean changing;
    private long changedNanos = System.nanoTime();
    private boolean closed;
    private boolean lost;
    private int failures;

    /** How the phase ends once its strides are over. */
    private record Ending(Phase to, String because, Map<String, Object> report) {}

    /** @param target where the new side is, when that is another database */
    Conductor(Workshop shop, Works works, Database database, Optional<Database> target, Spec spec, Claim claim) {
        this.shop = shop;
        this.works = works;
        this.database = database;
        this.target = target;
        this.spec = spec;
        this.loop = shop.vertx().getOrCreateContext();
        this.claim = claim;
        this.orders = claim.orders();
        this.putAside = new PutAside(shop, works, new Entrance());
        this.logbook = new Logbook(shop, works, new Entrance());
        Entrance entrance = new Entrance();
        this.lanes = lanes(entrance);
        this.beside = beside(entrance);
    }

    /**
     * The board has renewed the claim.
     *
     * @param askedNanos when it was asked: an answer older than our own last change of phase says nothing new
     */
    void renewed(Claim fresh, long askedNanos) {
        leaseEndsNanos = askedNanos + shop.settings().lease().toNanos();
        if (closed || changing || askedNanos - changedNanos < 0) {
            return;
        }
        boolean moved = fresh.epoch() != claim.epoch() || fresh.phase() != claim.phase();
        if (fresh.epoch() != claim.epoch()) {
            putAside = new PutAside(shop, works, new Entrance());
            logbook = new Logbook(shop, works, new Entrance());
        }
        claim = fresh;
        orders = fresh.orders();
        if (moved) {
            begin();
        }
        lanes.grow(works.lanes(claim.phase(), orders.tuning()));
        advance();
        show();
        if (!lost) {
            putAside.look(claim, site(claim.epoch(), 0));
            logbook.look(claim, site(claim.epoch(), 0));
        }
    }

    /** In other hands by now; this object is of no further use. */
    boolean lost() {
        return lost;
    }

    Claim claim() {
        return claim;
    }

    /** Starts nothing more; completes when the strides in flight are over. */
    Future<Void> close() {
        closed = true;
        Future<Void> quiet = beside.close();
        return lanes.close().compose(then -> quiet).eventually(putAside::quiet).eventually(logbook::quiet);
    }

    private void begin() {
        lanes.close();
        beside.close();
        ending = Optional.empty();
        failures = 0;
        sight.clear();
        Entrance entrance = new Entrance();
        lanes = lanes(entrance);
        beside = beside(entrance);
    }

    /** What goes on beside the phase that the run is in, or paused in. */
    private Beside beside(Entrance entrance) {
        long epoch = claim.epoch();
        Phase here = claim.pausedFrom().orElse(claim.phase());
        Beside[] own = new Beside[1];
        own[0] = new Beside(
                shop,
                works.beside(here).map(work -> entrance.first(site(epoch, 0), work)),
                () -> beside == own[0] && mayGoOn(),
                new Beside.Listener() {
                    @Override
                    public void waiting(String because) {
                        if (beside == own[0]) {
                            sight.besideWaiting(because);
                        }
                    }

                    @Override
                    public void stale() {
                        lost = true;
                    }

                    @Override
                    public void ended() {
                        if (!mayGoOn()) {
                            advance();
                        }
                    }
                });
        return own[0];
    }

    private Lanes lanes(Entrance entrance) {
        Phase phase = claim.phase();
        long epoch = claim.epoch();
        PhaseWork work = works.of(phase, () -> orders, result -> loop.runOnContext(then -> sight.verified(result)));
        Lanes[] own = new Lanes[1];
        own[0] = new Lanes(
                shop,
                works.lanes(phase, orders.tuning()),
                lane -> entrance.first(site(epoch, lane), work),
                () -> lanes == own[0] && mayStart(),
                outcome -> ended(phase, outcome));
        return own[0];
    }

    private Site site(long epoch, int lane) {
        return new Site(
                spec,
                claim.run(),
                epoch,
                lane,
                shop.settings().worker(),
                database,
                target,
                shop.pace().clock());
    }

    private boolean mayStart() {
        return mayGoOn() && intent() instanceof Intent.Work;
    }

    /** No change of phase is due: that waits until nothing is at work, beside the phase either. */
    private boolean mayGoOn() {
        return !closed
                && !lost
                && !changing
                && ending.isEmpty()
                && System.nanoTime() - leaseEndsNanos < -MARGIN.toNanos()
                && !(intent() instanceof Intent.Enter);
    }

    private Intent intent() {
        return Intent.of(claim, spec.contract(), shop.pace().clock().instant());
    }

    private void advance() {
        if (closed || lost || changing) {
            return;
        }
        beside.start();
        if (ending.isPresent()) {
            change(ending.get());
            return;
        }
        Intent intent = intent();
        if (intent instanceof Intent.Enter enter) {
            enter(new Ending(enter.to(), enter.because(), Map.of()));
        } else if (intent instanceof Intent.Rest rest) {
            if (!rest.waitingFor().isEmpty()) {
                sight.waiting(rest.waitingFor());
            }
        } else {
            lanes.start();
        }
    }

    private void enter(Ending next) {
        Phase here = claim.pausedFrom().orElse(claim.phase());
        if (next.to() != Phase.ROLLING_BACK || here != Phase.CONTRACTING) {
            change(next);
        } else if (lanes.idle() && beside.idle()) {
            askForTheWayBack(next);
        }
    }

    /** Only the migrated database knows whether the old side is still whole. */
    private void askForTheWayBack(Ending next) {
        changing = true;
        Site site = site(claim.epoch(), 0);
        shop.strides().executeBlocking(() -> works.pointOfNoReturn(site), false).onComplete(asked -> {
            changing = false;
            if (asked.failed()) {
                trouble("asking for the way back", asked.cause());
            } else if (asked.result().isPresent()) {
                sight.waiting("an operator: there is no way back after '"
                        + asked.result().get() + "'; resume to finish");
                show();
            } else {
                change(next);
            }
        });
    }

    private void change(Ending next) {
        if (closed || !lanes.idle() || !beside.idle()) {
            return;
        }
        changing = true;
        Phase from = claim.phase();
        Future<Void> noted =
                sight.news().map(news -> shop.board().note(claim, news)).orElseGet(Future::succeededFuture);
        // Nobody may be kept waiting by it, least of all who goes back: only what comes after the last look comes too
        // late.
        Future<Void> logged =
                next.to().over() ? noted.compose(done -> logbook.write(claim, site(claim.epoch(), 0))) : noted;
        logged.compose(written -> shop.board().enter(claim, from, next.to(), next.because(), next.report()))
                .onComplete(entered -> {
                    changing = false;
                    changedNanos = System.nanoTime();
                    if (entered.failed()) {
                        trouble("entering " + next.to(), entered.cause());
                        return;
                    }
                    log.info(
                            "run {} of {}: {} -> {}: {}",
                            claim.run(),
                            claim.migration(),
                            from,
                            next.to(),
                            next.because());
                    claim = claim.entered(next.to(), from, shop.pace().clock().instant());
                    begin();
                    advance();
                });
    }

    private Duration ended(Phase phase, AsyncResult<Stride> outcome) {
        Duration rest = outcome.succeeded() ? went(phase, outcome.result()) : failed(phase, outcome.cause());
        if (ending.isPresent() || !(intent() instanceof Intent.Work)) {
            advance();
        }
        return rest;
    }

    private Duration went(Phase phase, Stride stride) {
        failures = 0;
        if (stride instanceof Stride.Again again) {
            sight.working(again.progress());
            return Duration.ZERO;
        }
        if (stride instanceof Stride.Rest rest) {
            return rest.pause();
        }
        if (stride instanceof Stride.Wait wait) {
            waiting(phase, wait.because());
            return wait.pause();
        }
        if (stride instanceof Stride.Done done) {
            ending = ending.or(() -> Optional.of(new Ending(phase.next(), done.because(), done.report())));
            return Duration.ZERO;
        }
        Stride.Stop stop = (Stride.Stop) stride;
        sight.stopped(stop.problems(), stop.nextAction());
        if (phase == Phase.ROLLING_BACK) {
            // There is nowhere to fail to: what stands in the way is shown, and the way back is tried again.
            sight.waiting(stop.because());
            return BETWEEN_TRIES_BACK;
        }
        ending = Optional.of(new Ending(Phase.FAILED, stop.because(), stop.report()));
        return Duration.ZERO;
    }

    private void waiting(Phase phase, String because) {
        switch (phase) {
            case ROLLING_OUT -> sight.waiting("the rollout to complete");
            case SOAKING -> {
                List<String> unmet =
                        Intent.unmet(claim, spec.contract(), shop.pace().clock().instant());
                sight.waiting("the conditions of the contract");
                sight.advise(String.join("; ", unmet));
            }
            default -> sight.waiting(because);
        }
    }

    private Duration failed(Phase phase, Throwable cause) {
        if (cause instanceof StaleEpoch) {
            log.warn("run {} of {} is in other hands: {}", claim.run(), claim.migration(), cause.getMessage());
            lost = true;
            return Duration.ZERO;
        }
        failures++;
        String what = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        boolean curable = cause instanceof SQLException e
                && (Failure.of(e).transientLike() || Failure.of(e) == Failure.STATEMENT_TIMEOUT);
        if (!curable && failures >= HOPELESS && phase != Phase.ROLLING_BACK) {
            log.error("run {} of {} fails in {}", claim.run(), claim.migration(), phase, cause);
            sight.stopped(List.of(what), "mend the cause, then resume");
            ending = Optional.of(
                    new Ending(Phase.FAILED, phase + " failed " + failures + " times in a row: " + what, Map.of()));
            return Duration.ZERO;
        }
        if (!(cause instanceof SQLException)) {
            log.warn(
                    "a stride of run {} of {} in {} failed unexpectedly", claim.run(), claim.migration(), phase, cause);
        }
        sight.waiting("the database, after " + failures + " failure(s): " + what);
        return Backoff.after(failures);
    }

    private void show() {
        if (closed || lost || changing) {
            return;
        }
        Optional<Note> news = sight.news();
        news.ifPresent(note -> shop.board().note(claim, note).onFailure(e -> trouble("noting progress", e)));
    }

    private void trouble(String what, Throwable cause) {
        if (cause instanceof ClaimLost) {
            lost = true;
        }
        log.warn("run {} of {}: {} failed: {}", claim.run(), claim.migration(), what, cause.getMessage());
    }
}
