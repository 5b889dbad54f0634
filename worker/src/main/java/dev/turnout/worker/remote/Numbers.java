package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Numbering;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What numbers the rows of a side by itself, when that is about to take the writes: beyond the rows carried over. */
final class Numbers {
    private Numbers() {}

    /**
     * To be called while the side is closed and nothing is left to be carried to it. Fails when a session has drawn a number
     * in a transaction that is not over.
     *
     * @return what cannot be moved, in words
     */
    static List<String> free(Site site, Side side, List<Route> routes) throws SQLException {
        return site.database(side).transaction(Limits.DDL, connection -> {
            Bookkeeping.fence(connection, site);
            SearchPath.of(connection, site.spec(), side);
            List<String> taken = new ArrayList<>();
            for (Route route : routes) {
                Route towards = side == Side.NEW ? route : route.back().orElseThrow();
                taken.addAll(Numbering.beyond(connection, Route.quoted(towards.into()), written(towards), 0));
            }
            return taken;
        });
    }

    private static Set<String> written(Route towards) {
        Set<String> written = new LinkedHashSet<>(towards.as().keySet());
        written.addAll(towards.up().keySet());
        return written;
    }

    /** What the flip, and the way back from it, could not move; for the preflight. */
    static List<String> immovable(Connection old, Connection fresh, Route route) throws SQLException {
        List<String> immovable =
                new ArrayList<>(Numbering.immovable(fresh, Route.quoted(route.into()), written(route)));
        if (route.back().isPresent()) {
            Route back = route.back().get();
            immovable.addAll(Numbering.immovable(old, Route.quoted(back.into()), written(back)));
        }
        return immovable;
    }
}
