package dev.turnout.worker.verify;

import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The map of ages, a few seconds old at most. For one lane. */
final class AgesNow {
    /** Real time: the map sorts all chunks, and nobody sees a second on it. */
    private static final Duration BETWEEN_MAPS = Duration.ofSeconds(5);

    private Optional<Ages> ages = Optional.empty();
    private long mappedNanos;

    Ages of(Site site) throws SQLException {
        if (ages.isEmpty() || System.nanoTime() - mappedNanos > BETWEEN_MAPS.toNanos()) {
            return anew(site);
        }
        return ages.get();
    }

    /** For the last look at something. */
    Ages anew(Site site) throws SQLException {
        Ages now = site.database().transaction(Limits.BOOKKEEPING, connection -> Ages.of(connection, site));
        ages = Optional.of(now);
        mappedNanos = System.nanoTime();
        return now;
    }
}
