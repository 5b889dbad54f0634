package dev.turnout.worker.monitor;

import dev.turnout.migration.Chore;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.monitor.ChoreBoard.Round;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs one chore once. A query reads in a transaction that cannot write; a change is repeated, each time in a transaction of
 * its own, until it changes nothing. Never throws: what cannot be run is a round too, and says why. Stateless and
 * thread-safe; blocks.
 */
final class ChoreRound {
    /** An application must not wait longer for upkeep; whoever holds the lock is asked again next time. */
    private static final Duration LOCK = Duration.ofMillis(200);

    /** With the last statement's timeout, a minute at most, well within the lease. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int LISTED = 100;
    private static final int FETCHED_AT_ONCE = 1_000;

    private ChoreRound() {}

    /** @param now business time, bound to {@code :now} */
    static Round run(Database database, Chore chore, Instant now) {
        long begun = System.nanoTime();
        return chore.writes() ? write(database, chore, now, begun) : read(database, chore, now, begun);
    }

    private static Round write(Database database, Chore chore, Instant now, long begun) {
        long rows = 0;
        int batch = 0;
        try {
            while (batch < chore.batches() && since(begun).compareTo(LONGEST) < 0) {
                batch++;
                int changed = database.transaction(limits(chore), connection -> {
                    try (PreparedStatement statement = bound(connection, chore, now)) {
                        return statement.executeUpdate();
                    }
                });
                rows += changed;
                if (changed == 0) {
                    return new Round(now, since(begun), false, rows + " rows changed", rows, List.of());
                }
            }
            String because = rows + " rows changed in " + batch + " batches; the rest is for the next time";
            return new Round(now, since(begun), false, because, rows, List.of());
        } catch (SQLException e) {
            String because = rows + " rows changed, then " + words(chore, e);
            return new Round(now, since(begun), true, because, rows, List.of());
        }
    }

    private static Round read(Database database, Chore chore, Instant now, long begun) {
        List<Map<String, String>> listed = new ArrayList<>();
        try {
            long rows = database.readOnly(limits(chore), connection -> {
                try (PreparedStatement statement = bound(connection, chore, now)) {
                    statement.setFetchSize(FETCHED_AT_ONCE);
                    return list(statement, listed);
                }
            });
            return new Round(now, since(begun), false, rows + " rows found", rows, listed);
        } catch (SQLException e) {
            return new Round(now, since(begun), true, words(chore, e), 0, List.of());
        }
    }

    private static long list(PreparedStatement statement, List<Map<String, String>> listed) throws SQLException {
        long rows = 0;
        try (ResultSet row = statement.executeQuery()) {
            for (; row.next(); rows++) {
                if (rows < LISTED) {
                    Map<String, String> values = new LinkedHashMap<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        values.put(row.getMetaData().getColumnLabel(i), String.valueOf(row.getString(i)));
                    }
                    listed.add(values);
                }
            }
        }
        return rows;
    }

    private static PreparedStatement bound(Connection connection, Chore chore, Instant now) throws SQLException {
        SqlText.Bound bound = SqlText.bind(chore.sql(), Set.of("now"));
        PreparedStatement statement = connection.prepareStatement(bound.sql());
        for (int i = 1; i <= bound.parameters().size(); i++) {
            statement.setObject(i, now.atOffset(ZoneOffset.UTC));
        }
        return statement;
    }

    private static Limits limits(Chore chore) {
        return new Limits(LOCK, chore.timeout(), 1);
    }

    private static String words(Chore chore, SQLException e) {
        return Failure.of(e) == Failure.STATEMENT_TIMEOUT
                ? "a statement took longer than " + chore.timeout().toMillis() + " ms"
                : "a statement failed: " + Failure.words(e);
    }

    private static Duration since(long begunNanos) {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }
}
