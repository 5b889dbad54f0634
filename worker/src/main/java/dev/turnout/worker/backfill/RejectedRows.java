package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows of {@code turnout.rejected}: put aside, counted, listed. Stateless and thread-safe. */
public final class RejectedRows {
    private RejectedRows() {}

    /**
     * True for a row, called {@code old}, that is put aside now. Has no parameter. The first half is asked once per
     * statement, in its snapshot: as a rule nothing is put aside, and then the second costs nothing per row.
     */
    public static String isRejected(Site site, Move move, KeySql key) {
        String standing = "FROM turnout.rejected r WHERE r.resolved_at IS NULL AND r.run = " + site.run()
                + " AND r.table_name = " + literal(move.table());
        return "((SELECT count(*) > 0 " + standing + ") AND EXISTS (SELECT " + standing + " AND r.key = " + key.asJson()
                + "))";
    }

    /** Puts the one row of the range aside, with what the mapping said about it. */
    static void putAside(Connection connection, Site site, Move move, KeySql key, KeyRange row, SQLException cause)
            throws SQLException {
        String sql = "INSERT INTO turnout.rejected (run, table_name, key, phase, sqlstate, message, row) SELECT ?, ?, "
                + key.asJson() + ", 'BACKFILL', ?, ?, to_jsonb(old) FROM " + quote(move.table())
                + " AS old WHERE " + key.within(row)
                + " ON CONFLICT (run, table_name, key) WHERE resolved_at IS NULL DO UPDATE SET phase = excluded.phase,"
                + " sqlstate = excluded.sqlstate, message = excluded.message, row = excluded.row, at = clock_timestamp()";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, site.run());
            insert.setString(2, move.table());
            insert.setString(3, String.valueOf(cause.getSQLState()));
            insert.setString(4, String.valueOf(cause.getMessage()));
            key.bind(insert, 5, row);
            insert.executeUpdate();
        }
    }

    /** Rows of the table that are put aside now. */
    public static long count(Connection connection, Site site, String table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT count(*) FROM turnout.rejected WHERE run = ? AND table_name = ? AND resolved_at IS NULL")) {
            select.setLong(1, site.run());
            select.setString(2, table);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The first of them, one line each, for operators. */
    public static List<String> list(Connection connection, Site site, String table, int most) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT key::text, sqlstate, message FROM turnout.rejected
                WHERE run = ? AND table_name = ? AND resolved_at IS NULL ORDER BY id LIMIT ?""")) {
            select.setLong(1, site.run());
            select.setString(2, table);
            select.setInt(3, most);
            List<String> lines = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    lines.add(table + " " + row.getString(1) + ": " + row.getString(3) + " (" + row.getString(2) + ")");
                }
            }
            return lines;
        }
    }
}
