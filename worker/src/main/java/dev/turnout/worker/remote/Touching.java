package dev.turnout.worker.remote;

import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the rows that a row of another table touches. The condition may raise, on a value of theirs or of the other row; then
 * it is asked range by range, and of a small range in which it still raises every row counts as touched: what is looked at
 * without need is found as it should be, and what is not looked at would be lost. Stateless.
 */
final class Touching {
    /** As many as are carried at once. */
    private static final int SMALL_RANGE = 500;
    /** After a range in which it did not raise. So a table with one bad row is not asked about in thousands of ranges. */
    private static final int GROWTH = 8;

    private static final int LARGE_RANGE = SMALL_RANGE * GROWTH * GROWTH * GROWTH * GROWTH;

    private Touching() {}

    static List<List<String>> keys(Connection connection, SourceTable source, SourceTable.Other other)
            throws SQLException {
        Optional<List<List<String>>> all = attempt(connection, source, KeyRange.all(), other);
        return all.isPresent() ? all.get() : inRanges(connection, source, other);
    }

    private static List<List<String>> inRanges(Connection connection, SourceTable source, SourceTable.Other other)
            throws SQLException {
        List<List<String>> keys = new ArrayList<>();
        int rows = SMALL_RANGE;
        for (Optional<KeyRange> rest = Optional.of(KeyRange.all()); rest.isPresent(); ) {
            KeyRange from = rest.get();
            Optional<List<String>> last = source.nth(connection, from, rows);
            KeyRange range = last.map(from::upTo).orElse(from);
            Optional<List<List<String>>> touched = attempt(connection, source, range, other);
            if (touched.isEmpty() && rows > SMALL_RANGE) {
                rows = SMALL_RANGE;
                continue;
            }
            // Without an end: a row that has come in since must not push another one out.
            keys.addAll(touched.isPresent() ? touched.get() : source.keys(connection, range, Integer.MAX_VALUE));
            rows = touched.isPresent() ? Math.min(LARGE_RANGE, rows * GROWTH) : SMALL_RANGE;
            rest = last.map(from::above);
        }
        return keys;
    }

    /** Empty: the condition raises on some row of the range. */
    private static Optional<List<List<String>>> attempt(
            Connection connection, SourceTable source, KeyRange range, SourceTable.Other other) throws SQLException {
        try {
            return Optional.of(Sieve.attempt(connection, same -> source.touched(same, range, other)));
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
