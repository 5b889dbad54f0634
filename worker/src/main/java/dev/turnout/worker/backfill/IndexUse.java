package dev.turnout.worker.backfill;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;

/** Whether a statement reaches a range of keys by an index, as the database would plan it. Stateless and thread-safe. */
final class IndexUse {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> BY_INDEX = Set.of("range", "const", "eq_ref", "ref");

    private IndexUse() {}

    static boolean bounded(Connection connection, KeySql key, String sql, KeyRange range) throws SQLException {
        return key.dialect().mysql() ? walked(connection, key, sql, range) : conditioned(connection, key, sql, range);
    }

    private static boolean conditioned(Connection connection, KeySql key, String sql, KeyRange range)
            throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN (FORMAT JSON) " + sql)) {
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

    private static boolean walked(Connection connection, KeySql key, String sql, KeyRange range) throws SQLException {
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql)) {
            key.bind(explain, 1, range);
            try (ResultSet row = explain.executeQuery()) {
                while (row.next()) {
                    if (String.valueOf(row.getString("table")).equals("old")) {
                        // Of a small table a walk along the whole index costs no more.
                        return BY_INDEX.contains(String.valueOf(row.getString("type")))
                                || row.getString("possible_keys") != null;
                    }
                }
                return true; // no row in the range, so no plan either
            }
        }
    }
}
