package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What stands on the other side of a route, by the keys there and in their order: the only way to find a row too many. */
final class Standing {
    private static final int KEYS_AT_ONCE = 500;

    private Standing() {}

    @FunctionalInterface
    interface Pages {
        void take(List<List<String>> held) throws SQLException;
    }

    /** Pages of the values that hold a key, in the order of {@link Route#as}, as text. */
    static void pages(Connection target, Site site, Route route, Pages pages) throws SQLException {
        SourceTable standing = SourceTable.of(target, back(site, route));
        KeyRange rest = KeyRange.all();
        List<List<String>> page;
        do {
            page = standing.keys(target, rest, KEYS_AT_ONCE);
            pages.take(page);
            if (!page.isEmpty()) {
                rest = new KeyRange(Optional.of(page.get(page.size() - 1)), Optional.empty());
            }
        } while (page.size() == KEYS_AT_ONCE);
    }

    private static Route back(Site site, Route route) {
        Transfer transfer = site.spec().transfers().stream()
                .filter(one -> one.name().equals(route.move()))
                .findFirst()
                .orElseThrow();
        return route.side() == Side.OLD ? Route.backward(site.spec(), transfer) : Route.forward(site.spec(), transfer);
    }
}
