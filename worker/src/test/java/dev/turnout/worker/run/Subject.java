package dev.turnout.worker.run;

import dev.turnout.migration.Side;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/** A migration of one shape on one database, small enough that random applications meet on its rows. */
interface Subject extends AutoCloseable {
    Site site(int lane);

    /** A new connection of an application, in auto-commit; the caller closes it. */
    Connection connect(Side side) throws SQLException;

    void insert(Connection connection, Side side, int key, Item item) throws SQLException;

    void update(Connection connection, Side side, int key, Item item) throws SQLException;

    void delete(Connection connection, Side side, int key) throws SQLException;

    void rekey(Connection connection, Side side, int key, int to) throws SQLException;

    /** Changes the count of these rows in one statement. */
    void recount(Connection connection, Side side, Set<Integer> keys, int count) throws SQLException;

    /** Whether the shape can be written on the new side while both stand. */
    boolean writableOnNewSide();

    /** Whether a side has a row, be it without values, of what could not be moved; if not, no application there knows of it. */
    boolean holdsUnmovable(Side side);

    /** Key to {@code name|count} or {@code label|amount}. */
    Map<Integer, String> rows(Side side) throws SQLException;

    /** Keys of the rows that are put aside now. */
    Set<Integer> putAside() throws SQLException;

    @Override
    void close() throws SQLException;
}
