package dev.turnout.worker.backfill;

import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Brings the rows of a range of keys up to date, in the way of its kind of move. */
interface RangeWrite {
    /** Takes the first rows of what is left of a chunk in a way that the batch waits for nobody while it holds rows. */
    Taken take(Connection connection, KeyRange rest, int size) throws SQLException;

    void run(Connection connection, KeyRange range) throws SQLException;

    /** @return rows that the move wants to be looked at, whatever their mapping, and that are put aside by this */
    int quarantine(Connection connection, Site site, KeyRange range) throws SQLException;

    /** Whether the database reaches the range by an index; if not, every batch would read the whole table. */
    boolean usesIndex(Connection connection, KeyRange range) throws SQLException;

    /** True for a row, called {@code old}, that is not brought up to date. Has no parameter. */
    String undone();

    /**
     * Brings the row of one key up to date, or away when it is gone.
     *
     * @return false when the move wants it to be looked at
     */
    boolean again(Connection connection, List<String> row) throws SQLException;
}
