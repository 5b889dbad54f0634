package dev.turnout.worker.verify;

import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The map of ages, a few seconds behind the chunks at most. For one lane. */
final class AgesNow {
    /** Real time: the map sorts all chunks, and nobody sees a second on it. */
    private static final Duration BETWEEN_MAPS = Duration.ofSeconds(5);

    private Optional<Ages> ages = Optional.empty();
    private boolean older;
    private long mappedNanos;

    /** A chunk has another age now. */
    void changed() {
        older = true;
    }

    Ages of(Site site) throws SQLException {
        boolean due = older && System.nanoTime() - mappedNanos > BETWEEN_MAPS.toNanos();
        return ages.isEmpty() || due ? anew(site) : ages.get();
    }

    /** For the last look at something. */
    Ages anew(Site site) throws SQLException {
        Ages now = site.database().transaction(Limits.BOOKKEEPING, connection -> Ages.of(connection, site));
        ages = Optional.of(now);
        older = false;
        mappedNanos = System.nanoTime();
        return now;
    }
}
