package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes {@code up} into the rows of a range that have it not. UPDATE locks a row and then looks again at its newest
 * version, so a value is always that of the version which it replaces: nothing is lost, nothing deleted comes back.
 * Immutable.
 */
final class RangeUpdate {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Mapping mapping;
    private final KeySql key;

    RangeUpdate(Mapping mapping, KeySql key) {
        this.mapping = mapping;
        this.key = key;
    }

    /**
     * For the rest of the transaction: no trigger of ours fires; plans are made for the very bounds and never scan the
     * whole table; the locks go when this process stops answering.
     */
    static void prepare(Connection connection, String applicationName) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            Sql.run(connection, "SET @turnout_backfill = 1");
            return;
        }
        try (PreparedStatement set = connection.prepareStatement("""
                SELECT set_config('turnout.backfill', 'on', true), set_config('application_name', ?, true),
                       set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
                       set_config('enable_seqscan', 'off', true),
                       set_config('idle_in_transaction_session_timeout', '5s', true)""")) {
            set.setString(1, applicationName);
            set.execute();
        }
    }

    /**
     * Makes sure that the batch waits for nobody while it holds rows. PostgreSQL has a lock timeout of milliseconds for
     * that; MySQL counts in seconds, so there all rows are locked at once or not at all.
     *
     * @param known how many rows the range has, if that is known
     * @return how many it has
     */
    int lock(Connection connection, KeyRange range, Optional<Integer> known) throws SQLException {
        if (key.dialect().mysql()) {
            return (int) key.lockOrFail(connection, range);
        }
        return known.isPresent() ? known.get() : (int) key.count(connection, range);
    }

    /** @return rows that the move wants to be looked at, whatever their mapping */
    int quarantine(Connection connection, Site site, KeyRange range) throws SQLException {
        return RejectedRows.quarantine(connection, site, mapping, key, range);
    }

    /** @return rows that had to change */
    int run(Connection connection, KeyRange range) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql(range))) {
            key.bind(update, 1, range);
            return update.executeUpdate();
        }
    }

    /** Whether the database reaches the range by an index; if not, every batch would read the whole table. */
    boolean usesIndex(Connection connection, KeyRange range) throws SQLException {
        if (key.dialect().mysql()) {
            return walksIndex(connection, range);
        }
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN (FORMAT JSON) " + sql(range))) {
            key.bind(explain, 1, range);
            try (ResultSet row = explain.executeQuery()) {
                row.next();
                return bounded(JSON.readTree(row.getString(1)).get(0).get("Plan"));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("EXPLAIN gave something else than JSON", e);
            }
        }
    }

    private boolean walksIndex(Connection connection, KeyRange range) throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql(range))) {
            key.bind(explain, 1, range);
            try (ResultSet row = explain.executeQuery()) {
                while (row.next()) {
                    if (String.valueOf(row.getString("table")).equals("old")) {
                        return Set.of("range", "const", "eq_ref", "ref")
                                .contains(String.valueOf(row.getString("type")));
                    }
                }
                return true; // no row in the range, so no plan either
            }
        }
    }

    private static boolean bounded(JsonNode node) {
        if (node.has("Index Cond") && !node.path("Parent Relationship").asText().equals("SubPlan")) {
            return true;
        }
        for (JsonNode child : node.path("Plans")) {
            String relationship = child.path("Parent Relationship").asText();
            if (!relationship.equals("SubPlan") && !relationship.equals("InitPlan") && bounded(child)) {
                return true;
            }
        }
        return false;
    }

    private String sql(KeyRange range) {
        return "UPDATE " + key.table() + " SET " + KeySql.verbatim(mapping.assignments()) + " WHERE "
                + key.within(range) + " AND " + KeySql.verbatim(mapping.differs());
    }

    /** Rows of the table by the planner's statistics. */
    static long estimate(Connection connection, String table) throws SQLException {
        boolean mysql = Dialect.of(connection).mysql();
        List<List<String>> rows = mysql
                ? Sql.rows(
                        connection,
                        "SELECT coalesce(table_rows, 0) FROM information_schema.tables"
                                + " WHERE table_schema = database() AND table_name = ?",
                        table)
                : Sql.rows(
                        connection,
                        "SELECT greatest(0, reltuples)::bigint FROM pg_class WHERE oid = to_regclass(?)",
                        quote(table));
        return rows.isEmpty() ? 0 : Long.parseLong(rows.get(0).get(0));
    }
}
