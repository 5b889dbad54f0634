package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a range with the mapping: one statement, so one snapshot, and no lock. Since the triggers write both
 * sides of a row in one statement, what it finds is never a write that is still under way. Immutable.
 */
final class DifferenceQuery {
    static final int SAMPLES = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Site site;
    private final Mapping mapping;
    private final KeySql key;

    DifferenceQuery(Site site, Mapping mapping, KeySql key) {
        this.site = site;
        this.mapping = mapping;
        this.key = key;
    }

    /**
     * @param from the table, called {@code old}: the real one or a copy with the same columns
     * @throws SQLException also when the mapping fails on a row that is not put aside
     */
    Difference run(Connection connection, String from, KeyRange range) throws SQLException {
        if (key.dialect().mysql()) {
            return inTwo(connection, from, range);
        }
        try (PreparedStatement select = connection.prepareStatement(sql(from, range))) {
            key.bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Difference(row.getLong(1), row.getLong(2), row.getLong(3), samples(row.getString(4)));
            }
        }
    }

    /**
     * CASE, not AND: the mapping may raise on the very rows that are put aside. OFFSET 0 keeps the planner from copying the
     * comparison to each place where its result is used.
     */
    private String sql(String from, KeyRange range) {
        String details = mapping.move().up().entrySet().stream()
                .map(up -> "jsonb_build_object('column', " + literal(up.getKey()) + ", 'differs', "
                        + mapping.differs(up.getKey()) + ", 'expected', (" + up.getValue() + ")::text, 'found', old."
                        + quote(up.getKey()) + "::text)")
                .collect(Collectors.joining(", "));
        return "SELECT count(*), count(*) FILTER (WHERE a.aside), count(*) FILTER (WHERE w.wrong),"
                + " to_jsonb((array_agg(CASE WHEN w.wrong THEN jsonb_build_object('key', " + key.asJson()
                + ", 'columns', jsonb_build_array(" + KeySql.verbatim(details) + ")) END) FILTER (WHERE w.wrong))[1:"
                + SAMPLES + "])::text"
                + " FROM " + from
                + " CROSS JOIN LATERAL (SELECT " + RejectedRows.isRejected(site, mapping.move(), key)
                + " AS aside OFFSET 0) a"
                + " CROSS JOIN LATERAL (SELECT CASE WHEN a.aside THEN false ELSE " + KeySql.verbatim(mapping.differs())
                + " END AS wrong OFFSET 0) w"
                + " WHERE " + key.within(range);
    }

    /**
     * MariaDB has no LATERAL, and neither product an aggregate of the first rows; so the examples are asked for when there
     * are any. By then a row may have been mended: the count is what was seen.
     */
    private Difference inTwo(Connection connection, String from, KeyRange range) throws SQLException {
        String aside = RejectedRows.isRejected(site, mapping.move(), key);
        String wrong = "CASE WHEN " + aside + " THEN false ELSE " + KeySql.verbatim(mapping.differs()) + " END";
        String counts = "SELECT count(*), coalesce(sum(aside), 0), coalesce(sum(wrong), 0) FROM (SELECT " + aside
                + " AS aside, " + wrong + " AS wrong FROM " + from + " WHERE " + key.within(range) + ") AS compared";
        try (PreparedStatement select = connection.prepareStatement(counts)) {
            key.bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long differing = row.getLong(3);
                return new Difference(
                        row.getLong(1),
                        row.getLong(2),
                        differing,
                        differing == 0 ? List.of() : examples(connection, from, range, wrong));
            }
        }
    }

    private List<Difference.Sample> examples(Connection connection, String from, KeyRange range, String wrong)
            throws SQLException {
        List<String> columns = List.copyOf(mapping.move().up().keySet());
        String values = columns.stream().map(this::example).collect(Collectors.joining());
        String sql = "SELECT " + key.dialect().asText(key.asJson()) + KeySql.verbatim(values) + " FROM " + from
                + " WHERE " + key.within(range) + " AND " + wrong + " LIMIT " + SAMPLES;
        List<Difference.Sample> samples = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            key.bind(select, 1, range);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    for (int i = 0; i < columns.size(); i++) {
                        if (row.getBoolean(2 + 3 * i)) {
                            samples.add(new Difference.Sample(
                                    row.getString(1),
                                    columns.get(i),
                                    String.valueOf(row.getString(3 + 3 * i)).replaceFirst("^null$", "NULL"),
                                    String.valueOf(row.getString(4 + 3 * i)).replaceFirst("^null$", "NULL")));
                        }
                    }
                }
            }
        }
        return samples;
    }

    private String example(String column) {
        TableColumn type = Objects.requireNonNull(mapping.columns().get(column));
        String up = "(" + mapping.move().up().get(column) + ")";
        String expected = type.family() == TableColumn.Family.BINARY
                ? key.dialect().hex(up)
                : key.dialect().asText(up);
        return ", " + mapping.differs(column) + ", " + expected + ", " + type.text("old");
    }

    private static List<Difference.Sample> samples(@Nullable String json) {
        if (json == null) {
            return List.of();
        }
        List<Difference.Sample> samples = new ArrayList<>();
        try {
            for (JsonNode row : JSON.readTree(json)) {
                for (JsonNode column : row.get("columns")) {
                    if (column.get("differs").asBoolean()) {
                        samples.add(new Difference.Sample(
                                row.get("key").toString(),
                                column.get("column").asText(),
                                shown(column.get("expected")),
                                shown(column.get("found"))));
                    }
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database gave broken JSON", e);
        }
        return samples;
    }

    private static String shown(JsonNode value) {
        return value.isNull() ? "NULL" : value.asText();
    }
}
