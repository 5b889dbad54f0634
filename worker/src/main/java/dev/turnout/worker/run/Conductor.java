package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.Database;
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
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one run while this worker has it: starts strides, hears how they went, moves the run from phase to phase. Its
 * state belongs to the event loop that made it.
 */
final class Conductor {
    private static final Logger log = LoggerFactory.getLogger(Conductor.class);
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
    private Course course;
    private Lanes lanes;
    private Beside beside;
    private boolean changing;
    private long changedNanos = System.nanoTime();
    private boolean closed;
    private boolean lost;

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
        this.course = course();
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
        sight.clear();
        course = course();
        Entrance entrance = new Entrance();
        lanes = lanes(entrance);
        beside = beside(entrance);
    }

    private Course course() {
        return new Course(sight, spec.contract(), shop.pace().clock());
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
                this::ended);
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
                && course.ending().isEmpty()
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
        if (course.ending().isPresent()) {
            change(course.ending().get());
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

    private Duration ended(AsyncResult<Stride> outcome) {
        Duration rest = course.ended(claim, outcome);
        lost |= course.stale();
        if (course.ending().isPresent() || !(intent() instanceof Intent.Work)) {
            advance();
        }
        return rest;
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
