package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of {@code turnout.rejected} that cannot cross to another server, in the database from which they come. Stateless
 * and thread-safe; the caller's transaction decides.
 */
final class Aside {
    private Aside() {}

    /** @param phase {@code SYNC}: it was changed just now; {@code BACKFILL}: it was there before */
    record Note(String phase, String sqlState, String words, Optional<String> row) {}

    /** Puts a row aside, or says anew why it is. */
    static void put(Connection connection, Site site, Route route, List<String> key, Note note) throws SQLException {
        boolean mysql = Dialect.of(connection).mysql();
        String json = mysql ? ColumnType.UTF8 : "CAST(? AS jsonb)";
        String again = mysql
                ? " ON DUPLICATE KEY UPDATE phase = VALUES(phase), \"sqlstate\" = VALUES(\"sqlstate\"), message = VALUES(message),"
                        + " \"row\" = VALUES(\"row\"), at = UTC_TIMESTAMP(6)"
                : " ON CONFLICT (run, table_name, \"key\") WHERE resolved_at IS NULL DO UPDATE SET phase = excluded.phase,"
                        + " \"sqlstate\" = excluded.\"sqlstate\", message = excluded.message, \"row\" = excluded.\"row\","
                        + " at = clock_timestamp()";
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO turnout.rejected (run, table_name, \"key\", phase, \"sqlstate\", message, \"row\") VALUES (?, ?, "
                        + json + ", ?, ?, ?, " + json + ")" + again)) {
            insert.setLong(1, site.run());
            insert.setString(2, route.move());
            insert.setString(3, Keys.object(route.key(), key));
            insert.setString(4, note.phase());
            insert.setString(5, note.sqlState());
            // A text of PostgreSQL holds no NUL, and a value that is bad may.
            insert.setString(6, note.words().replace("\0", "\\0"));
            insert.setString(7, note.row().orElse(null));
            insert.executeUpdate();
        }
    }

    /** A row that is put aside now. */
    record Open(long id, List<String> key) {}

    static List<Open> open(Connection connection, Site site, Route route) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT id, \"key\" FROM turnout.rejected"
                + " WHERE run = ? AND table_name = ? AND resolved_at IS NULL ORDER BY id")) {
            select.setLong(1, site.run());
            select.setString(2, route.move());
            List<Open> open = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    open.add(new Open(row.getLong(1), Keys.ofObject(route.key(), row.getString(2))));
                }
            }
            return open;
        }
    }

    /** Lines for operators: rows put aside on a side. */
    static List<String> words(Site site, Side side) throws SQLException {
        List<String> words = new ArrayList<>();
        for (Route route : Route.forward(site.spec())) {
            words.addAll(site.database(side)
                    .transaction(
                            Limits.BOOKKEEPING, connection -> RejectedRows.list(connection, site, route.move(), 100)));
        }
        return words;
    }

    static void resolve(Connection connection, Open row) throws SQLException {
        String now = Dialect.of(connection).now();
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE turnout.rejected SET resolved_at = " + now + " WHERE id = ?")) {
            update.setLong(1, row.id());
            update.executeUpdate();
        }
    }
}
