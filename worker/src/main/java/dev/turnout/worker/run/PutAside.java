package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Rejected;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what operators see of the rows that are put aside current, and tries them again when an operator wants it: the
 * server may have no way to the migrated database. Goes on while a run is paused or has failed, which is when rows are
 * mended. Event loop only.
 */
final class PutAside {
    private static final Logger log = LoggerFactory.getLogger(PutAside.class);
    private static final long BETWEEN_LOOKS_NANOS = Duration.ofSeconds(5).toNanos();

    /** Before them no row can be put aside; on the way back the list itself goes. */
    private static final Set<Phase> WITHOUT =
            EnumSet.of(Phase.CREATED, Phase.EXPANDING, Phase.ROLLING_BACK, Phase.DONE, Phase.ROLLED_BACK);

    private final Workshop shop;
    private final Works works;
    private final Entrance entrance;
    private Optional<Rejected> shown = Optional.empty();
    private long triedAgain;
    private boolean failed;
    private long lookedNanos = System.nanoTime();
    private Future<Void> looking = Future.succeededFuture();

    PutAside(Workshop shop, Works works, Entrance entrance) {
        this.shop = shop;
        this.works = works;
        this.entrance = entrance;
    }

    /** @param site under the claim's epoch */
    void look(Claim claim, Site site) {
        boolean late = System.nanoTime() - lookedNanos > BETWEEN_LOOKS_NANOS;
        // What has just failed would fail again.
        boolean wanted = claim.orders().retries() > triedAgain && (late || !failed);
        boolean due = late || (shown.isEmpty() && !failed);
        Phase phase = claim.pausedFrom().orElse(claim.phase());
        if (!looking.isComplete() || !(wanted || due) || WITHOUT.contains(phase)) {
            return;
        }
        lookedNanos = System.nanoTime();
        long retries = claim.orders().retries();
        looking = shop.strides()
                .executeBlocking(() -> entrance.then(site, () -> works.rejected(site, wanted)), false)
                .compose(rejected -> {
                    if (!wanted && shown.filter(rejected::equals).isPresent()) {
                        return Future.succeededFuture();
                    }
                    return shop.board().rejected(claim, rejected, retries).onSuccess(told -> {
                        shown = Optional.of(rejected);
                        triedAgain = retries;
                    });
                })
                .onComplete(looked -> failed = looked.failed())
                .otherwise(e -> {
                    log.warn(
                            "run {} of {}: the rows put aside cannot be shown: {}",
                            claim.run(),
                            claim.migration(),
                            e.getMessage());
                    return null;
                });
    }

    /** Completes when no look is under way. */
    Future<Void> quiet() {
        return looking;
    }
}
