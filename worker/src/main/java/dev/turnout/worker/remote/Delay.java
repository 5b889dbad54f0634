package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How far the side without the authority is behind. */
public final class Delay {
    /** A reader of the other side must not be further behind: then the rollout stays where it is. */
    private static final Duration MOST = Duration.ofSeconds(10);

    private Delay() {}

    /** A sentence for operators when the other side is too far behind to be trusted; empty: it is not. */
    public static Optional<String> of(Site site) throws SQLException {
        for (Side side : Side.values()) {
            List<Route> routes = side == Side.OLD ? Route.forward(site.spec()) : Route.backward(site.spec());
            Optional<Duration> lag = routes.isEmpty()
                    ? Optional.empty()
                    : site.database(side)
                            .transaction(Limits.BOOKKEEPING, connection -> Changelog.lag(connection, site, routes));
            if (lag.filter(age -> age.compareTo(MOST) > 0).isPresent()) {
                return Optional.of("changes of " + site.database(side).name() + " wait since "
                        + lag.get().toSeconds() + " s to be carried to the other server");
            }
        }
        return Optional.empty();
    }
}
