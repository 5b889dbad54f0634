package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Log;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Shows operators what is done to the schema, which the migrated database remembers, and the latest batches, which nobody
 * does. Event loop only.
 */
final class Logbook {
    private static final org.slf4j.Logger log = LoggerFactory.getLogger(Logbook.class);
    private static final long BETWEEN_LOOKS_NANOS = Duration.ofSeconds(2).toNanos();

    private final Workshop shop;
    private final Works works;
    private final Entrance entrance;
    private Optional<List<SchemaLog.Line>> shown = Optional.empty();
    private long lookedNanos = System.nanoTime() - BETWEEN_LOOKS_NANOS;
    private Future<Void> writing = Future.succeededFuture();

    Logbook(Workshop shop, Works works, Entrance entrance) {
        this.shop = shop;
        this.works = works;
        this.entrance = entrance;
    }

    /** @param site under the claim's epoch */
    void look(Claim claim, Site site) {
        if (writing.isComplete() && System.nanoTime() - lookedNanos > BETWEEN_LOOKS_NANOS) {
            write(claim, site);
        }
    }

    /** As of now, for a phase ends. Never fails: what cannot be shown is shown later, or is in the migrated database. */
    Future<Void> write(Claim claim, Site site) {
        // Nothing has been changed yet, and the bookkeeping is made by whoever changes something.
        if (claim.pausedFrom().orElse(claim.phase()) == Phase.CREATED) {
            return Future.succeededFuture();
        }
        lookedNanos = System.nanoTime();
        writing = writing.compose(done ->
                        shop.strides().executeBlocking(() -> entrance.then(site, () -> works.schemaLog(site)), false))
                .compose(lines -> tell(claim, lines))
                .otherwise(e -> {
                    log.warn(
                            "run {} of {}: the log cannot be shown: {}",
                            claim.run(),
                            claim.migration(),
                            e.getMessage());
                    return null;
                });
        return writing;
    }

    private Future<Void> tell(Claim claim, List<SchemaLog.Line> lines) {
        boolean same = shown.filter(lines::equals).isPresent();
        List<BatchLog.Line> batches = works.batches();
        if (same && batches.isEmpty()) {
            return Future.succeededFuture();
        }
        return shop.board()
                .logged(claim, new Log(same ? Optional.empty() : Optional.of(lines), batches))
                .onSuccess(told -> shown = Optional.of(lines));
    }

    /** Completes when nothing is being written. */
    Future<Void> quiet() {
        return writing;
    }
}
