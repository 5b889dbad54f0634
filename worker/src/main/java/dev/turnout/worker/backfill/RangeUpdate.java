package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.worker.sync.Mapping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

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
        try (PreparedStatement set = connection.prepareStatement("""
                SELECT set_config('turnout.backfill', 'on', true), set_config('application_name', ?, true),
                       set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
                       set_config('enable_seqscan', 'off', true),
                       set_config('idle_in_transaction_session_timeout', '5s', true)""")) {
            set.setString(1, applicationName);
            set.execute();
        }
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
        return "UPDATE " + mapping.tableAsOld() + " SET " + KeySql.verbatim(mapping.assignments()) + " WHERE "
                + key.within(range) + " AND " + KeySql.verbatim(mapping.differs());
    }

    /** Rows of the table by the planner's statistics. */
    static long estimate(Connection connection, String table) throws SQLException {
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("SELECT greatest(0, reltuples)::bigint FROM pg_class WHERE oid = "
                        + "CAST(" + literal(quote(table))
                        + " AS regclass)")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
