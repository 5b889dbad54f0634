package dev.turnout.worker.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a batch.
 *
 * @param range where they are; if they are the last of the chunk, all that is left of it
 * @param rows how many there were when they were taken
 * @param last nothing of the chunk is left behind them
 */
record Taken(KeyRange range, int rows, boolean last) {
    /** The first rows of a range, looked at and not locked. */
    static Taken seen(Connection connection, KeySql key, KeyRange rest, int size) throws SQLException {
        Optional<List<String>> end = key.nth(connection, rest, size);
        return end.isPresent()
                ? new Taken(rest.upTo(end.get()), size, false)
                : new Taken(rest, (int) key.count(connection, rest), true);
    }
}
