package dev.turnout.worker.analyze;

import static dev.turnout.worker.jdbc.Identifiers.literal;
import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Analysis;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How the values of one column are spread over the formats of its rules, from one scan. Immutable.
 *
 * @param rows of the table
 * @param found the commonest first
 */
record Formats(Analysis analysis, long rows, List<Found> found) {
    static final String UNPLACED = "unplaced";

    /**
     * @param format name of the rule, {@code unplaced}, or the shape of values that no rule covers: 9 stands for a digit,
     *     a for a Latin letter, x for a letter of another script
     * @param examples the three commonest values
     */
    record Found(String format, boolean covered, long count, List<String> examples) {
        Found {
            examples = List.copyOf(examples);
        }
    }

    static Formats scan(Connection connection, Analysis analysis) throws SQLException {
        List<Found> found = new ArrayList<>();
        long rows = 0;
        try (PreparedStatement select = connection.prepareStatement(sql(analysis));
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Found(row.getString(1), row.getBoolean(2), row.getLong(3), texts(row.getArray(4))));
                rows += row.getLong(3);
            }
        }
        return new Formats(analysis, rows, List.copyOf(found));
    }

    /** Values are grouped before they are matched, so that a pattern sees each value once. */
    private static String sql(Analysis analysis) {
        Stream<String> rules = analysis.formats().entrySet().stream()
                .map(rule -> "WHEN value ~ " + literal(rule.getValue()) + " THEN " + literal(rule.getKey()));
        Stream<String> unplaced = analysis.unplaced().stream()
                .map(rule -> "WHEN value ~ " + literal(rule.pattern()) + " THEN " + literal(UNPLACED));
        return """
                SELECT coalesce(format, shape), format IS NOT NULL, sum(rows)::bigint,
                       (array_agg(value ORDER BY rows DESC, value))[1:3]
                FROM (
                  SELECT value, rows, format,
                         CASE WHEN format IS NULL THEN
                           regexp_replace(regexp_replace(regexp_replace(
                             value, '[0-9]', '9', 'g'), '[A-Za-z]', 'a', 'g'), '(?![a9])[[:alpha:]]', 'x', 'g')
                         END AS shape
                  FROM (
                    SELECT value, rows, CASE %s END AS format
                    FROM (SELECT coalesce(%s::text, '') AS value, count(*) AS rows FROM %s GROUP BY 1) AS distinct_values
                  ) AS placed
                ) AS shaped
                GROUP BY format, shape
                ORDER BY 3 DESC, 1""".formatted(
                        Stream.concat(rules, unplaced).collect(joining(" ")),
                        quote(analysis.column().column()),
                        quote(analysis.column().table()));
    }

    private static List<String> texts(Array array) throws SQLException {
        return Stream.of((Object[]) array.getArray()).map(String::valueOf).toList();
    }

    BigDecimal percent(long count) {
        return rows == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(count * 100).divide(BigDecimal.valueOf(rows), 2, RoundingMode.HALF_UP);
    }

    /** Why no row of the table may be moved; empty when every value is provided for. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (Found one : found) {
            if (!one.covered()) {
                problems.add("%s: %d rows (%s %%) of the format '%s' are covered by no rule, for example %s"
                        .formatted(analysis.column(), one.count(), percent(one.count()), one.format(), quoted(one)));
            }
        }
        analysis.unplaced().ifPresent(rule -> {
            long count = unplaced();
            // Exact, so that a share just above the limit is not rounded down to it.
            BigDecimal allowed = rule.atMostPercent().multiply(BigDecimal.valueOf(rows));
            if (BigDecimal.valueOf(count * 100).compareTo(allowed) > 0) {
                problems.add("%s: %d rows (%s %%) cannot be placed, allowed are %s %%, for example %s"
                        .formatted(
                                analysis.column(),
                                count,
                                percent(count),
                                rule.atMostPercent().toPlainString(),
                                found.stream()
                                        .filter(one -> one.format().equals(UNPLACED))
                                        .map(Formats::quoted)
                                        .collect(joining())));
            }
        });
        return problems;
    }

    private long unplaced() {
        return found.stream()
                .filter(one -> one.covered() && one.format().equals(UNPLACED))
                .mapToLong(Found::count)
                .sum();
    }

    private static String quoted(Found one) {
        return one.examples().stream().map(example -> "'" + example + "'").collect(joining(", "));
    }

    /** JSON values. */
    Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("column", analysis.column().toString());
        report.put("rows", rows);
        report.put(
                "formats",
                found.stream()
                        .map(one -> Map.of(
                                "format", one.format(),
                                "covered", one.covered(),
                                "count", one.count(),
                                "percent", percent(one.count()),
                                "examples", one.examples()))
                        .toList());
        return report;
    }
}
