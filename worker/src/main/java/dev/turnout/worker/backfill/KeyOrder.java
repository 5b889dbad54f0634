package dev.turnout.worker.backfill;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The rows of a table in the order of its key; a key is the texts of its columns. */
public interface KeyOrder {
    /** The greatest key; empty when the table is. */
    Optional<List<String>> last(Connection connection) throws SQLException;

    /** The key of the row that stands {@code count} places after the range's lower bound; empty when the range ends before. */
    Optional<List<String>> nth(Connection connection, KeyRange range, int count) throws SQLException;
}
