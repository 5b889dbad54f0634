package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names the rows that are put aside in the changelog again: somebody may have mended or deleted them. What lands then is put
 * aside no more. Stateless and thread-safe.
 */
public final class SecondChance {
    private SecondChance() {}

    public static void ofAll(Site site) throws SQLException {
        for (Route route : routes(site)) {
            site.database(route.side()).transaction(Limits.BOOKKEEPING, connection -> {
                Bookkeeping.fence(connection, site);
                List<List<String>> keys = Aside.open(connection, site, route).stream()
                        .map(Aside.Open::key)
                        .toList();
                // Nobody knows any more which columns the new side had written: all of them count.
                Changelog.put(connection, site, route.move(), keys, route.side() == Side.NEW);
                return keys;
            });
        }
    }

    /** Whether a chance that was given so long ago (real time) may still be on its way: changes as old have not arrived. */
    public static boolean underWay(Site site, Duration ago) throws SQLException {
        for (Route route : routes(site)) {
            Optional<Duration> lag = site.database(route.side())
                    .transaction(Limits.BOOKKEEPING, connection -> Changelog.lag(connection, site, List.of(route)));
            if (lag.isPresent() && lag.get().compareTo(ago) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Along which rows are carried now. */
    private static List<Route> routes(Site site) throws SQLException {
        List<Route> routes = new ArrayList<>(Route.forward(site.spec()));
        if (!routes.isEmpty() && Flip.authority(site) == Side.NEW) {
            routes.addAll(Route.backward(site.spec()));
        }
        return routes;
    }
}
