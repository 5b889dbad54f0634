package dev.turnout.worker.backfill;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.throttle.Gauge;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes {@code up} into the rows of a range that have it not. UPDATE locks a row and then looks again at its newest
 * version, so a value is always that of the version which it replaces: nothing is lost, nothing deleted comes back.
 * Immutable.
 */
final class RangeUpdate implements RangeWrite {
    private final Mapping mapping;
    private final KeySql key;

    RangeUpdate(Mapping mapping, KeySql key) {
        this.mapping = mapping;
        this.key = key;
    }

    /**
     * Of a transaction of the backfill: no trigger of ours fires; plans are made for the very bounds and never scan the
     * whole table; the locks go when this process stops answering.
     */
    static Map<String, String> settings(Site site) {
        return site.database().dialect().mysql()
                ? Map.of("@turnout_backfill", "1")
                : Map.of(
                        "turnout.backfill", "on",
                        "application_name", Gauge.APPLICATION_NAME,
                        "plan_cache_mode", "force_custom_plan",
                        "jit", "off",
                        "enable_seqscan", "off",
                        "idle_in_transaction_session_timeout", "5s");
    }

    /** PostgreSQL has a lock timeout of milliseconds; MySQL counts in seconds, so there it is all rows at once or none. */
    @Override
    public Taken take(Connection connection, KeyRange rest, int size) throws SQLException {
        return key.dialect().mysql() ? key.takeOrFail(connection, rest, size) : Taken.seen(connection, key, rest, size);
    }

    @Override
    public int quarantine(Connection connection, Site site, KeyRange range) throws SQLException {
        return RejectedRows.quarantine(connection, site, mapping, key, range);
    }

    @Override
    public void run(Connection connection, KeyRange range) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql(range))) {
            key.bind(update, 1, range);
            update.executeUpdate();
        }
    }

    @Override
    public boolean usesIndex(Connection connection, KeyRange range) throws SQLException {
        return IndexUse.bounded(connection, key, sql(range), range);
    }

    @Override
    public String undone() {
        return KeySql.verbatim(mapping.differs());
    }

    @Override
    public boolean again(Connection connection, List<String> row) throws SQLException {
        String sql = "UPDATE " + key.table() + " SET " + KeySql.verbatim(mapping.assignments()) + " WHERE " + key.at()
                + " AND " + KeySql.verbatim(mapping.differs());
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < row.size(); i++) {
                update.setString(i + 1, row.get(i));
            }
            update.executeUpdate();
        }
        return !quarantined(connection, row);
    }

    private boolean quarantined(Connection connection, List<String> row) throws SQLException {
        Optional<String> why = mapping.quarantine();
        if (why.isEmpty()) {
            return false;
        }
        String sql = "SELECT 1 FROM " + key.table() + " WHERE " + key.at() + " AND " + KeySql.verbatim(why.get())
                + " IS NOT NULL";
        return !Sql.rows(connection, sql, row.toArray()).isEmpty();
    }

    private String sql(KeyRange range) {
        return "UPDATE " + key.table() + " SET " + KeySql.verbatim(mapping.assignments()) + " WHERE "
                + key.within(range) + " AND " + KeySql.verbatim(mapping.differs());
    }

    /** Rows of the table by the planner's statistics. */
    static long estimate(Connection connection, Source source) throws SQLException {
        boolean mysql = Dialect.of(connection).mysql();
        List<List<String>> rows = mysql
                ? Sql.rows(
                        connection,
                        "SELECT coalesce(table_rows, 0) FROM information_schema.tables"
                                + " WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ?",
                        source.table().schema().orElse(""),
                        source.table().table())
                : Sql.rows(
                        connection,
                        "SELECT greatest(0, reltuples)::bigint FROM pg_class WHERE oid = to_regclass(?)",
                        source.quoted());
        return rows.isEmpty() ? 0 : Long.parseLong(rows.get(0).get(0));
    }
}
