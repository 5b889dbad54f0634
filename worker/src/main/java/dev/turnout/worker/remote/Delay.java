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

    /** What is on the way then is carried while applications hardly notice that they wait. */
    private static final Duration NEAR = Duration.ofSeconds(1);

    private Delay() {}

    /** Whether the changes of a side are carried so fast that it may be closed for the rest of them. */
    static boolean isNear(Site site, Side side) throws SQLException {
        return lag(site, side).filter(age -> age.compareTo(NEAR) > 0).isEmpty();
    }

    private static Optional<Duration> lag(Site site, Side side) throws SQLException {
        List<Route> routes = side == Side.OLD ? Route.forward(site.spec()) : Route.backward(site.spec());
        return routes.isEmpty()
                ? Optional.empty()
                : site.database(side)
                        .transaction(Limits.BOOKKEEPING, connection -> Changelog.lag(connection, site, routes));
    }

    /** A sentence for operators when the other side is too far behind to be trusted; empty: it is not. */
    public static Optional<String> of(Site site) throws SQLException {
        for (Side side : Side.values()) {
            Optional<Duration> lag = lag(site, side);
            if (lag.filter(age -> age.compareTo(MOST) > 0).isPresent()) {
                return Optional.of("changes of " + site.database(side).name() + " wait since "
                        + lag.get().toSeconds() + " s to be carried to the other server");
            }
        }
        return Optional.empty();
    }
}
