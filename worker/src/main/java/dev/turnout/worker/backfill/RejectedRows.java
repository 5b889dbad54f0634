package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.literal;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Identifiers;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The rows of {@code turnout.rejected}: put aside, counted, listed. Stateless and thread-safe. */
public final class RejectedRows {
    /** Characters; a message may quote a whole document. */
    private static final int LONGEST_MESSAGE = 500;

    private RejectedRows() {}

    /**
     * True for a row, called {@code old}, that is put aside now. Has no parameter. The first half is asked once per
     * statement, in its snapshot: as a rule nothing is put aside, and then the second costs nothing per row.
     */
    public static String isRejected(Site site, Move move, KeySql key) {
        return isRejected(site, Source.of(move), key);
    }

    /** As the other one, of the table that a transfer comes from as well. */
    public static String isRejected(Site site, Source source, KeySql key) {
        return isRejected(site, source, key.asJson(), key.dialect());
    }

    /** @param key of the row as JSON, in the form of {@link KeySql#asJson} */
    public static String isRejected(Site site, Source source, String key, Dialect dialect) {
        String standing = "FROM turnout.rejected r WHERE r.resolved_at IS NULL AND r.run = " + site.run()
                + " AND r.table_name = " + literal(source.name());
        // The open_key of MySQL stands for the unique key, which a JSON column cannot have there.
        String same = dialect.mysql()
                ? "r.open_key = unhex(sha2(CONVERT(" + key + " USING utf8mb4), 256))"
                : "r.key = " + key;
        return "((SELECT count(*) > 0 " + standing + ") AND EXISTS (SELECT 1 " + standing + " AND " + same + "))";
    }

    /** Puts the one row of the range aside, with what the mapping said about it. */
    static void putAside(Connection connection, Site site, Source source, KeySql key, KeyRange row, SQLException cause)
            throws SQLException {
        String sql =
                "INSERT INTO turnout.rejected (run, table_name, \"key\", phase, \"sqlstate\", message, \"row\", at)"
                        + " SELECT ?, ?, " + key.asJson() + ", 'BACKFILL', ?, ?, " + key.rowAsJson() + ", "
                        + key.dialect().now() + " FROM " + key.table() + " WHERE " + key.within(row)
                        + replacing(key.dialect());
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, site.run());
            insert.setString(2, source.name());
            insert.setString(3, String.valueOf(cause.getSQLState()));
            insert.setString(4, String.valueOf(cause.getMessage()));
            key.bind(insert, 5, row);
            insert.executeUpdate();
        }
    }

    /**
     * Puts those rows of the range aside that the move wants to be looked at.
     *
     * @return how many
     */
    static int quarantine(Connection connection, Site site, Mapping mapping, KeySql key, KeyRange range)
            throws SQLException {
        Optional<String> why = mapping.quarantine();
        if (why.isEmpty()) {
            return 0;
        }
        String sql =
                "INSERT INTO turnout.rejected (run, table_name, \"key\", phase, \"sqlstate\", message, \"row\", at)"
                        + " SELECT ?, ?, " + key.asJson() + ", 'BACKFILL', '45000', " + KeySql.verbatim(why.get())
                        + ", "
                        + key.rowAsJson() + ", " + key.dialect().now() + " FROM " + key.table() + " WHERE "
                        + key.within(range) + " AND " + KeySql.verbatim(why.get()) + " IS NOT NULL"
                        + replacing(key.dialect());
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, site.run());
            insert.setString(2, mapping.move().table());
            key.bind(insert, 3, range);
            return insert.executeUpdate();
        }
    }

    private static String replacing(Dialect dialect) {
        List<String> replaced = List.of("phase", "sqlstate", "message", "row", "at");
        if (dialect.mysql()) {
            return dialect.upsert("turnout.rejected", List.of("id"), replaced);
        }
        return " ON CONFLICT (run, table_name, key) WHERE resolved_at IS NULL DO UPDATE SET "
                + replaced.stream()
                        .map(Identifiers::quote)
                        .map(column -> column + " = excluded." + column)
                        .collect(Collectors.joining(", "));
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

    /** Rows of the run that are put aside now. */
    public static long count(Connection connection, Site site) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT count(*) FROM turnout.rejected WHERE run = ? AND resolved_at IS NULL")) {
            select.setLong(1, site.run());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The first of them in the database of a side, in the order in which they were put aside. */
    public static List<RejectedRow> first(Connection connection, Site site, Side side, int most) throws SQLException {
        String sql = "SELECT id, table_name, " + Dialect.of(connection).asText("\"key\"") + """
                , phase, "sqlstate", message, at FROM turnout.rejected
                WHERE run = ? AND resolved_at IS NULL ORDER BY id LIMIT ?""";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, site.run());
            select.setInt(2, most);
            List<RejectedRow> rows = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(new RejectedRow(
                            side,
                            row.getLong("id"),
                            row.getString("table_name"),
                            row.getString(3),
                            row.getString("phase"),
                            row.getString("sqlstate"),
                            shortened(row.getString("message")),
                            Dialect.of(connection).moment(row, 7)));
                }
            }
            return rows;
        }
    }

    private static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
    }

    /** The first of them, one line each, for operators. */
    public static List<String> list(Connection connection, Site site, String table, int most) throws SQLException {
        String sql = "SELECT " + Dialect.of(connection).asText("\"key\"") + """
                , "sqlstate", message FROM turnout.rejected
                WHERE run = ? AND table_name = ? AND resolved_at IS NULL ORDER BY id LIMIT ?""";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
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
