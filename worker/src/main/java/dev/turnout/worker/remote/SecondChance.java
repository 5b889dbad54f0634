package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Names the rows that are put aside in the changelog again: somebody may have mended or deleted them. What lands then is put
 * aside no more. Stateless and thread-safe.
 */
public final class SecondChance {
    private SecondChance() {}

    public static void ofAll(Site site) throws SQLException {
        List<Route> routes = new ArrayList<>(Route.forward(site.spec()));
        if (!routes.isEmpty() && Flip.authority(site) == Side.NEW) {
            routes.addAll(Route.backward(site.spec()));
        }
        for (Route route : routes) {
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
}
