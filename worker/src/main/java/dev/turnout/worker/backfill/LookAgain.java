package dev.turnout.worker.backfill;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.Texts;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes the rows again that a transaction on a snapshot of its own has touched, REPEATABLE READ or SERIALIZABLE in
 * PostgreSQL: it cannot see what another one has committed since, so its trigger may have written, or left out, what both
 * together do not call for. The trigger names such a row in the changelog, and here it is read as it stands. Stateless and
 * thread-safe.
 */
public final class LookAgain {
    private static final int AT_ONCE = 500;

    private LookAgain() {}

    /** Of all transfers, some rows of each. */
    public static void ofAll(Site site) throws SQLException {
        for (Source source : Source.all(site.spec())) {
            of(site, source);
        }
    }

    /** A row that an application holds has its turn the next time. */
    public static void of(Site site, Source source) throws SQLException {
        if (!concerns(site, source)) {
            return;
        }
        List<List<String>> named = site.database()
                .transaction(
                        Limits.BOOKKEEPING,
                        connection -> Sql.rows(
                                connection,
                                "SELECT seq, key FROM turnout.changelog WHERE run = ? AND move = ? ORDER BY seq LIMIT "
                                        + AT_ONCE,
                                site.run(),
                                source.name()));
        for (List<String> one : named) {
            if (Refresh.row(site, source, Texts.list(one.get(1)))) {
                site.database().transaction(Limits.BOOKKEEPING, connection -> {
                    Bookkeeping.fence(connection, site);
                    return forget(connection, site, source, Long.parseLong(one.get(0)));
                });
            }
        }
    }

    /** Whether rows of that kind can be, and wait to be looked at. */
    public static boolean waits(Site site, Source source) throws SQLException {
        return concerns(site, source)
                && site.database().transaction(Limits.BOOKKEEPING, connection -> waits(connection, site, source));
    }

    /** As {@link #waits(Site, Source)}, of any of them. */
    public static boolean waits(Connection connection, Site site) throws SQLException {
        for (Source source : Source.all(site.spec())) {
            if (concerns(site, source) && waits(connection, site, source)) {
                return true;
            }
        }
        return false;
    }

    /** Whether other tables feed its rows: nothing else can come in between. MySQL's triggers lock what they read. */
    public static boolean concerns(Site site, Source source) {
        return !site.database().dialect().mysql()
                && source.transfer()
                        .filter(transfer -> !transfer.touchedBy().isEmpty())
                        .isPresent();
    }

    private static boolean waits(Connection connection, Site site, Source source) throws SQLException {
        return !Sql.rows(
                        connection,
                        "SELECT 1 FROM turnout.changelog WHERE run = ? AND move = ? LIMIT 1",
                        site.run(),
                        source.name())
                .isEmpty();
    }

    private static int forget(Connection connection, Site site, Source source, long seq) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM turnout.changelog WHERE run = ? AND move = ? AND seq = ?")) {
            delete.setLong(1, site.run());
            delete.setString(2, source.name());
            delete.setLong(3, seq);
            return delete.executeUpdate();
        }
    }
}
